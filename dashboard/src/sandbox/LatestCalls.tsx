// The newest calls in a few lines, moving as they move. A call that was just started is seen here a moment later.

import { Anchor, Badge, Group, type MantineColor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Call } from '@/api/schema.gen';
import { who } from '@/lib/format';
import { Ago, Running } from '@/ui/Times';
import { latestQuery } from './queries';
import { useSandboxTexts } from './text';

/** Tall enough for the four rows, so that nothing below moves when the first ones come. */
const HEIGHT = 152;

export function LatestCalls() {
  const t = useSandboxTexts();
  const { data } = useQuery(latestQuery);
  const calls = data?.data ?? [];
  return (
    <Stack gap={6} mih={HEIGHT}>
      <Group justify="space-between">
        <Text size="sm" fw={550} id="latest-calls">
          {t('latest')}
        </Text>
        <Anchor size="sm" renderRoot={(props) => <Link to="/calls" {...props} />}>
          {t('allCalls')}
        </Anchor>
      </Group>
      {calls.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('nothing')}
        </Text>
      ) : (
        <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-labelledby="latest-calls">
          {calls.map((call) => (
            <LatestCall key={call.id} call={call} />
          ))}
        </Stack>
      )}
    </Stack>
  );
}

type Word = NonNullable<Call['outcome']> | 'nowRinging' | 'active' | 'ended';

const COLORS: Record<Word, MantineColor> = {
  nowRinging: 'blue',
  active: 'teal',
  ended: 'gray',
  answered: 'teal',
  missed: 'red',
  abandoned: 'orange',
  voicemail: 'violet',
  no_answer: 'gray',
  rejected: 'gray',
  busy: 'yellow',
  failed: 'red',
  congestion: 'orange',
};

function wordOf(call: Call): Word {
  if (call.status === 'ringing') {
    return 'nowRinging';
  }
  return call.status === 'active' ? 'active' : (call.outcome ?? 'ended');
}

function LatestCall({ call }: { call: Call }) {
  const t = useSandboxTexts();
  const word = wordOf(call);
  const isLive = call.status === 'ringing' || call.status === 'active';
  const other = call.direction === 'outbound' ? call.to_number : call.from_number;
  const name = who(call.contact_name, other) ?? '–';
  return (
    <Group component="li" gap="sm" wrap="nowrap" h={26}>
      <Badge color={COLORS[word]} variant={isLive ? 'filled' : 'light'} w={112} style={{ flexShrink: 0 }}>
        {t(word)}
      </Badge>
      <Anchor
        size="sm"
        truncate
        title={name}
        style={{ flex: 1 }}
        renderRoot={(props) => <Link to="/calls/$id" params={{ id: call.id }} {...props} />}
      >
        {name}
      </Anchor>
      <Text size="xs" c="dimmed" style={{ flexShrink: 0, fontVariantNumeric: 'tabular-nums' }}>
        {isLive ? <Running since={call.occurred_at} /> : <Ago at={call.occurred_at} />}
      </Text>
    </Group>
  );
}
