// Who is on the line now, and who waits to be called back.

import { ActionIcon, Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconPhoneOutgoing } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Call } from '@/api/schema.gen';
import { useCommon } from '@/i18n/common';
import { count, phone, who } from '@/lib/format';
import { Ago, Running } from '@/ui/Times';
import { liveQuery, type Overview, type OverviewWaiting } from '../queries';
import { useOverviewTexts } from '../text';
import { Section } from './Section';

export function LiveNow({ overview }: { overview: Overview }) {
  const t = useOverviewTexts();
  const { data } = useQuery(liveQuery);
  const calls = data?.data ?? [];
  const more = overview.live_calls - calls.length;
  return (
    <Section title={t('liveCalls')} to="/calls">
      {/* Room for a few, so that what stands below does not jump with each call. */}
      <Stack gap="xs" mih={84}>
        {calls.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('liveNone')}
          </Text>
        )}
        {calls.map((call) => (
          <LiveCall key={call.id} call={call} />
        ))}
        {more > 0 && (
          <Text size="sm" c="dimmed">
            {t('liveMore', { count: count(more) })}
          </Text>
        )}
      </Stack>
    </Section>
  );
}

function LiveCall({ call }: { call: Call }) {
  const t = useOverviewTexts();
  const common = useCommon();
  const number = call.direction === 'outbound' ? call.to_number : call.from_number;
  const name = who(call.contact_name, number) ?? common('withheld');
  const isTalking = call.status === 'active';
  return (
    <Group gap="xs" wrap="nowrap" justify="space-between">
      <Anchor
        size="sm"
        fw={550}
        truncate
        title={name}
        renderRoot={(props) => <Link {...props} to="/calls/$id" params={{ id: call.id }} />}
      >
        {name}
      </Anchor>
      <Group gap="xs" wrap="nowrap" style={{ flex: 'none' }}>
        <Badge color={isTalking ? 'teal' : 'blue'}>{t(isTalking ? 'active' : 'ringing')}</Badge>
        <Text size="sm" c="dimmed" miw={44} ta="right">
          <Running since={call.answered_at ?? call.started_at ?? call.occurred_at} />
        </Text>
      </Group>
    </Group>
  );
}

/** People who are shown before somebody asks for all. */
const FIRST = 6;

export function ToCallBack({ people }: { people: OverviewWaiting[] }) {
  const t = useOverviewTexts();
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? people : people.slice(0, FIRST);
  return (
    <Section title={t('notReturned')}>
      {people.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('notReturnedNone')}
        </Text>
      )}
      <Stack gap="sm">
        {shown.map((person) => (
          <Waiting key={person.contact_id} person={person} />
        ))}
        {shown.length < people.length && (
          <Button variant="subtle" size="compact-sm" onClick={() => setWhole(true)}>
            {t('showMore', { count: people.length - shown.length })}
          </Button>
        )}
      </Stack>
    </Section>
  );
}

function Waiting({ person }: { person: OverviewWaiting }) {
  const t = useOverviewTexts();
  const common = useCommon();
  const name = who(person.name, person.number) ?? common('withheld');
  const words = [t('calledTimes', { count: person.calls }), ...(person.is_voicemail ? [t('leftVoicemail')] : [])];
  return (
    <Group gap="xs" wrap="nowrap" justify="space-between">
      <div style={{ minWidth: 0 }}>
        <Anchor
          size="sm"
          fw={550}
          truncate
          display="block"
          title={name}
          renderRoot={(props) => <Link {...props} to="/calls/$id" params={{ id: person.call_id }} />}
        >
          {name}
        </Anchor>
        <Text size="xs" c="dimmed" truncate>
          <Ago at={person.at} /> · {words.join(', ')}
        </Text>
      </div>
      {person.number != null && (
        <ActionIcon
          component="a"
          href={`tel:${person.number}`}
          variant="light"
          color="ink"
          aria-label={t('callBack', { name })}
          title={phone(person.number)}
        >
          <IconPhoneOutgoing size={16} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}
