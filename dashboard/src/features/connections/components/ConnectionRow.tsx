// A connection in the list: what it is, whether it works, and how much came over it.

import { Anchor, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { count } from '@/lib/format';
import { Ago } from '@/ui/Times';
import { type ConnectionActivity, providersQuery } from '../queries';
import { useConnectionTexts } from '../text';
import { StateBadge } from './StateBadge';

export function ConnectionRow({ connection }: { connection: ConnectionActivity }) {
  const t = useConnectionTexts();
  const { connection_id: id, name, provider, state, problem } = connection;
  const providers = useSuspenseQuery(providersQuery).data.data;
  const providerName = providers.find((each) => each.provider === provider)?.name ?? provider;
  return (
    <Paper component="li" p="md">
      <Group justify="space-between" gap="md">
        <Stack gap={2} miw={0} style={{ flex: '1 1 14rem' }}>
          <Group gap="sm" wrap="nowrap">
            <Anchor
              fw={600}
              truncate
              title={name}
              renderRoot={(props) => <Link to="/connections/$id" params={{ id }} {...props} />}
            >
              {name}
            </Anchor>
            <StateBadge state={state} />
          </Group>
          <Text size="sm" c="dimmed">
            {providerName}
          </Text>
        </Stack>
        <SimpleGrid cols={3} spacing="lg" style={{ flex: '0 1 22rem' }}>
          <Figure label={t('lastEvent')}>
            {connection.last_event_at == null ? t('never') : <Ago at={connection.last_event_at} />}
          </Figure>
          <Figure label={t('events24')}>
            {count(connection.events)}
            {connection.is_more && '+'}
          </Figure>
          <Figure label={t('refused24')}>{count(connection.rejected)}</Figure>
        </SimpleGrid>
      </Group>
      {state === 'failing' && problem != null && (
        <Text size="sm" c="red" mt="xs">
          {problem}
        </Text>
      )}
      {state === 'silent' && (
        <Text size="sm" mt="xs">
          {t('silentAbout', { count: connection.usual_hours_missed })}
        </Text>
      )}
    </Paper>
  );
}

export function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div style={{ minWidth: 0 }}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="sm" component="div" style={{ fontVariantNumeric: 'tabular-nums', overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </div>
  );
}
