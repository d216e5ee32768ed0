// The panel that has calls happen at the sandbox's telephone system, for the page of its connection.

import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCalendarPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMay } from '@/session/me';
import { LatestCalls } from './LatestCalls';
import { fillHistory, ring, type Scenario, sandboxQuery } from './queries';
import { Scenarios } from './Scenarios';
import { useSandboxTexts } from './text';
import { useDeeds } from './useDeeds';

export function TryTelephones() {
  const t = useSandboxTexts();
  const mayPlay = useMay('connections.write');
  const { data: sandbox } = useQuery(sandboxQuery);
  const { busy, run } = useDeeds();
  const id = sandbox?.telephones_connection_id ?? undefined;
  if (sandbox === undefined || id === undefined || !mayPlay) {
    return null;
  }
  return (
    <Paper p="md" component="section" aria-labelledby="try-telephones">
      <Stack gap="md">
        <div>
          <Title order={2} id="try-telephones">
            {t('title')}
          </Title>
          <Text size="sm" c="dimmed" maw="70ch">
            {t('aboutTelephones')}
          </Text>
        </div>
        <Stack gap="xs">
          <Scenarios
            scenarios={sandbox.telephone_scenarios as Scenario[]}
            busy={busy}
            onRing={(scenario) => void run(scenario, () => ring(scenario, id), t('recordsComing'))}
          />
          <Group gap="xs" mt="xs">
            <Button
              variant="light"
              leftSection={<IconCalendarPlus size={16} aria-hidden />}
              loading={busy === 'history'}
              onClick={() => void run('history', () => fillHistory(id), t('historyComing'))}
            >
              {t('history')}
            </Button>
          </Group>
        </Stack>
        <LatestCalls />
      </Stack>
    </Paper>
  );
}
