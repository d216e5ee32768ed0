// Who is ringing and talking now. It moves by itself, and its height stays, so that the list below does not jump.

import { Anchor, Badge, Group, Paper, ScrollArea, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCommon } from '@/i18n/common';
import { who } from '@/lib/format';
import { Running } from '@/ui/Times';
import { DirectionIcon, OutcomeBadge, sides } from '../outcome';
import { type Call, liveQuery } from '../queries';
import { useCallTexts } from '../text';

/** Of the strip, with calls in it or without, px. */
const HEIGHT = 40;

export function LiveStrip() {
  const t = useCallTexts();
  const { data } = useQuery(liveQuery);
  const calls = data?.data ?? [];
  const words = calls.length === 0 ? t('noLiveCalls') : t('liveCalls', { count: calls.length });
  return (
    <section aria-label={words}>
      <ScrollArea type="auto" scrollbarSize={6}>
        <Group gap="xs" wrap="nowrap" h={HEIGHT}>
          <Badge color={calls.length === 0 ? 'gray' : 'teal'} variant="dot" size="lg" style={{ flex: 'none' }}>
            {words}
          </Badge>
          {calls.map((call) => (
            <LiveCall key={call.id} call={call} />
          ))}
        </Group>
      </ScrollArea>
    </section>
  );
}

function LiveCall({ call }: { call: Call }) {
  const t = useCommon();
  const name = who(call.contact_name, sides(call).theirs) ?? t('withheld');
  const since = call.answered_at ?? call.started_at ?? call.occurred_at;
  return (
    <Paper px="sm" py={6} style={{ flex: 'none' }} maw={320}>
      <Group gap="xs" wrap="nowrap">
        <DirectionIcon direction={call.direction} />
        <Anchor
          size="sm"
          fw={550}
          truncate
          title={name}
          renderRoot={(props) => <Link to="/calls/$id" params={{ id: call.id }} {...props} />}
        >
          {name}
        </Anchor>
        <OutcomeBadge call={call} />
        <Text size="sm" c="dimmed" miw={44} ta="right">
          <Running since={since} />
        </Text>
      </Group>
    </Paper>
  );
}
