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

export function LiveStrip() {
  const t = useCallTexts();
  const { data } = useQuery(liveQuery);
  const calls = data?.data ?? [];
  if (calls.length === 0) {
    return null;
  }
  return (
    <section aria-label={t('liveCalls', { count: calls.length })}>
      <ScrollArea type="auto" scrollbarSize={6} offsetScrollbars="x">
        <Group gap="xs" wrap="nowrap" pb={2}>
          <Badge color="teal" variant="dot" size="lg" style={{ flex: 'none' }}>
            {t('liveCalls', { count: calls.length })}
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
