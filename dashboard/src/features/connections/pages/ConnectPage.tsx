// What can be connected: one card per kind, and the sandbox first where there is one. Whose role may not connect sees what
// there is, and whom to ask.

import { Anchor, Badge, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { connectSandbox, sandboxQuery } from '@/sandbox/queries';
import { useMay } from '@/session/me';
import { Page } from '@/ui/Page';
import { toastFailed } from '@/ui/toast';
import { type Provider, providersQuery } from '../queries';
import { useConnectionTexts } from '../text';
import { inWords } from '../words';

export function ConnectPage() {
  const t = useConnectionTexts();
  const mayConnect = useMay('connections.write');
  const providers = useSuspenseQuery(providersQuery).data.data;
  return (
    <Page
      title={t('connectTitle')}
      about={t(mayConnect ? 'connectAbout' : 'connectMayNot')}
      above={
        <Anchor size="sm" renderRoot={(props) => <Link to="/connections" {...props} />}>
          {t('title')}
        </Anchor>
      }
    >
      <SimpleGrid
        cols={{ base: 1, sm: 2, lg: 3 }}
        spacing="md"
        component="ul"
        m={0}
        p={0}
        style={{ listStyle: 'none' }}
      >
        {mayConnect && <SandboxCard />}
        {providers.map((provider) => (
          <ProviderCard key={provider.provider} provider={inWords(provider)} mayConnect={mayConnect} />
        ))}
      </SimpleGrid>
    </Page>
  );
}

function ProviderCard({ provider, mayConnect }: { provider: Provider; mayConnect: boolean }) {
  const t = useConnectionTexts();
  return (
    <Paper component="li" p="md">
      <Stack gap="sm" h="100%" justify="space-between">
        <Stack gap={6}>
          <Group justify="space-between" wrap="nowrap">
            <Title order={2}>{provider.name}</Title>
            {provider.delivers && <Badge color="teal">{t('delivers')}</Badge>}
          </Group>
          <Text size="sm" c="dimmed">
            {provider.purpose}
          </Text>
        </Stack>
        {mayConnect && (
          <Group>
            <Button
              variant={provider.delivers ? 'filled' : 'default'}
              renderRoot={(props) => (
                <Link to="/connections/new/$provider" params={{ provider: provider.provider }} {...props} />
              )}
            >
              {t('connectName', { name: provider.name })}
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

function SandboxCard() {
  const t = useConnectionTexts();
  const navigate = useNavigate();
  const { data: sandbox } = useQuery(sandboxQuery);
  const [isBusy, setBusy] = useState(false);
  if (sandbox?.available !== true) {
    return null;
  }
  const open = async (): Promise<void> => {
    setBusy(true);
    try {
      await navigate({ to: '/connections/$id', params: { id: sandbox.connection_id ?? (await connectSandbox()) } });
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Paper component="li" p="md">
      <Stack gap="sm" h="100%" justify="space-between">
        <Stack gap={6}>
          <Title order={2}>{t('sandboxCard')}</Title>
          <Text size="sm" c="dimmed">
            {t('sandboxAbout')}
          </Text>
        </Stack>
        <Group>
          <Button variant="light" loading={isBusy} onClick={() => void open()}>
            {t(sandbox.connection_id == null ? 'sandboxConnect' : 'sandboxOpen')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
