// Whether what the providers send still arrives.

import { Anchor, Badge, Group, type MantineColor, Stack, Text } from '@mantine/core';
import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconEarOff,
  IconHourglass,
  IconPlayerPause,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Ago } from '@/ui/Times';
import type { ConnectionHealth } from '../queries';
import { useOverviewTexts } from '../text';
import { Section } from './Section';

const LOOKS: Record<ConnectionHealth['state'], { color: MantineColor; icon: Icon }> = {
  ok: { color: 'teal', icon: IconCircleCheck },
  waiting: { color: 'blue', icon: IconHourglass },
  silent: { color: 'orange', icon: IconEarOff },
  failing: { color: 'red', icon: IconAlertTriangle },
  paused: { color: 'gray', icon: IconPlayerPause },
};

export function Health({ connections }: { connections: ConnectionHealth[] }) {
  const t = useOverviewTexts();
  return (
    <Section title={t('health')} to="/connections">
      {connections.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('healthNone')}
        </Text>
      )}
      <Stack gap="sm">
        {connections.map((connection) => (
          <One key={connection.connection_id} connection={connection} />
        ))}
      </Stack>
    </Section>
  );
}

function One({ connection }: { connection: ConnectionHealth }) {
  const t = useOverviewTexts();
  const { color, icon: Glyph } = LOOKS[connection.state];
  const to: string = `/connections/${connection.connection_id}`;
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Anchor size="sm" fw={550} truncate title={connection.name} renderRoot={(props) => <Link {...props} to={to} />}>
          {connection.name}
        </Anchor>
        <Badge color={color} leftSection={<Glyph size={13} aria-hidden />} style={{ flex: 'none' }}>
          {t(connection.state)}
        </Badge>
      </Group>
      <Text size="xs" c="dimmed">
        {why(connection, t)}
        {connection.last_event_at != null && (
          <>
            {t('lastEvent')} <Ago at={connection.last_event_at} />
          </>
        )}
      </Text>
    </div>
  );
}

/** A sentence before the time of the last event; nothing where all is well. */
function why(connection: ConnectionHealth, t: ReturnType<typeof useOverviewTexts>): string {
  switch (connection.state) {
    case 'silent':
      return `${t('silentWhy', { count: connection.usual_hours_missed })} `;
    case 'failing':
      return `${connection.problem ?? t('failingWhy')} `;
    case 'paused':
      return `${t('pausedWhy')} `;
    case 'waiting':
      return t('neverHeard');
    default:
      return '';
  }
}
