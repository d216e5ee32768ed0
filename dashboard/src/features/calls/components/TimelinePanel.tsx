// The moments of a call, leg by leg: what rang where, who took it, how it ended.

import { Badge, Group, Stack, Text, Timeline } from '@mantine/core';
import { clockWithSeconds, duration, fullTime } from '@/lib/format';
import type { CallDetail } from '../queries';
import { useCallTexts } from '../text';
import { isAside, words } from '../timeline';
import { Panel } from './Panel';

type Leg = CallDetail['legs'][number];
type Moment = CallDetail['timeline'][number];

const COLORS: Partial<Record<Moment['phase'], string>> = {
  active: 'teal',
  missed: 'red',
  rejected: 'red',
  voicemail: 'violet',
  ringing: 'blue',
};

export function TimelinePanel({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const names = new Map(call.legs.map((leg, index) => [leg.id, nameOf(leg, index, t)]));
  return (
    <Panel title={t('timeline')}>
      <Timeline bulletSize={12} lineWidth={2} active={call.timeline.length} styles={{ item: { marginTop: 10 } }}>
        {call.timeline.map((moment, index) => (
          <Timeline.Item
            key={`${moment.leg_id} ${moment.at} ${moment.name}`}
            color={COLORS[moment.phase] ?? 'gray'}
            title={
              <Group justify="space-between" gap="xs" wrap="nowrap">
                <Text
                  size="sm"
                  fw={isAside(call.timeline, index) ? 400 : 550}
                  c={isAside(call.timeline, index) ? 'dimmed' : undefined}
                  truncate
                >
                  {words(moment.name)}
                </Text>
                <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
                  <time dateTime={moment.at} title={fullTime(moment.at)}>
                    {clockWithSeconds(moment.at)}
                  </time>
                </Text>
              </Group>
            }
          >
            {call.legs.length > 1 && (
              <Text size="xs" c="dimmed" truncate>
                {names.get(moment.leg_id)}
              </Text>
            )}
          </Timeline.Item>
        ))}
      </Timeline>
      {call.legs.length > 1 && <Legs legs={call.legs} />}
    </Panel>
  );
}

/** Who a leg was for, or what had it; its number where nobody says. */
function nameOf(leg: Leg, index: number, t: ReturnType<typeof useCallTexts>): string {
  const who = leg.target_name ?? leg.target_id;
  const where =
    (leg.queue != null && `${t('queue')} ${leg.queue}`) ||
    (leg.ring_group != null && `${t('ringGroup')} ${leg.ring_group}`) ||
    (leg.ivr != null && `${t('ivr')} ${leg.ivr}`) ||
    (leg.answered_by === 'machine' && t('machine'));
  const parts = [who, where || null].filter((part) => part != null);
  return parts.length === 0 ? `${t('leg')} ${index + 1}` : parts.join(' · ');
}

function Legs({ legs }: { legs: Leg[] }) {
  const t = useCallTexts();
  return (
    <Stack gap="xs" mt="lg">
      <Text size="xs" fw={600} c="dimmed">
        {t('legs')}
      </Text>
      {legs.map((leg, index) => (
        <Group key={leg.id} justify="space-between" wrap="nowrap" gap="xs">
          <div style={{ minWidth: 0 }}>
            <Text size="sm" truncate title={nameOf(leg, index, t)}>
              {nameOf(leg, index, t)}
            </Text>
            {leg.time_fault != null && (
              <Text size="xs" c="orange">
                {leg.time_fault}
              </Text>
            )}
          </div>
          <Group gap="xs" wrap="nowrap" style={{ flex: 'none' }}>
            {leg.talk_ms != null && leg.talk_ms > 0 && <Text size="xs">{duration(leg.talk_ms / 1_000)}</Text>}
            {leg.hold_ms != null && leg.hold_ms > 0 && (
              <Text size="xs" c="dimmed">
                {t('held', { time: duration(leg.hold_ms / 1_000) })}
              </Text>
            )}
            <Badge color="gray" size="sm">
              {t(leg.status)}
            </Badge>
          </Group>
        </Group>
      ))}
    </Stack>
  );
}
