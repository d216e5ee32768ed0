// The panel that makes things happen at the sandbox, and shows them happening. For a connection's page, and for the first
// look at an empty workspace. Nothing where the server runs without a sandbox.

import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCalendarPlus, IconMessage, IconPhonePlus, IconPlugConnected } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { LatestCalls } from './LatestCalls';
import { connectSandbox, connectTelephones, fillHistory, ring, type Scenario, sandboxQuery, sendText } from './queries';
import { Scenarios } from './Scenarios';
import { useSandboxTexts } from './text';
import { useDeeds } from './useDeeds';

export function TryIt() {
  const t = useSandboxTexts();
  const mayPlay = useMay('connections.write');
  const { data: sandbox } = useQuery(sandboxQuery);
  const { busy, run } = useDeeds();
  if (sandbox?.available !== true || !mayPlay) {
    return null;
  }
  const isConnected = sandbox.connection_id != null;
  return (
    <Paper p="md" component="section" aria-labelledby="try-it">
      <Stack gap="md">
        <div>
          <Title order={2} id="try-it">
            {t('title')}
          </Title>
          <Text size="sm" c="dimmed" maw="70ch">
            {t(isConnected ? 'about' : 'connectAbout')}
          </Text>
        </div>
        {isConnected ? (
          <Deeds scenarios={sandbox.scenarios as Scenario[]} busy={busy} run={run} />
        ) : (
          <Group>
            <Button
              leftSection={<IconPlugConnected size={16} />}
              loading={busy === 'connect'}
              onClick={() => void run('connect', connectSandbox, t('connected'))}
            >
              {t('connect')}
            </Button>
          </Group>
        )}
        {isConnected && (
          <Telephones id={sandbox.telephones_connection_id ?? undefined} isBusy={busy === 'telephones'} run={run} />
        )}
        {isConnected && <LatestCalls />}
      </Stack>
    </Paper>
  );
}

interface TelephonesProps {
  id: string | undefined;
  isBusy: boolean;
  run: ReturnType<typeof useDeeds>['run'];
}

/** The other thing to try: a telephone system, whose panel is on its own page. */
function Telephones({ id, isBusy, run }: TelephonesProps) {
  const t = useSandboxTexts();
  if (id !== undefined) {
    return (
      <Anchor size="sm" renderRoot={(props) => <Link to="/connections/$id" params={{ id }} {...props} />}>
        {t('telephonesOpen')}
      </Anchor>
    );
  }
  return (
    <Group gap="sm">
      <Button
        variant="default"
        leftSection={<IconPhonePlus size={16} aria-hidden />}
        loading={isBusy}
        onClick={() => void run('telephones', connectTelephones, t('telephonesConnected'))}
      >
        {t('telephonesConnect')}
      </Button>
      <Text size="sm" c="dimmed" maw="48ch">
        {t('telephonesAbout')}
      </Text>
    </Group>
  );
}

interface DeedsProps {
  scenarios: Scenario[];
  busy: string | undefined;
  run: ReturnType<typeof useDeeds>['run'];
}

function Deeds({ scenarios, busy, run }: DeedsProps) {
  const t = useSandboxTexts();
  return (
    <Stack gap="xs">
      <Scenarios
        scenarios={scenarios}
        busy={busy}
        onRing={(scenario) => void run(scenario, () => ring(scenario), t('ringing'))}
      />
      <Group gap="xs" mt="xs">
        <Button
          variant="light"
          leftSection={<IconMessage size={16} aria-hidden />}
          loading={busy === 'text'}
          onClick={() => void run('text', sendText, t('textSent'))}
        >
          {t('text')}
        </Button>
        <Button
          variant="light"
          leftSection={<IconCalendarPlus size={16} aria-hidden />}
          loading={busy === 'history'}
          title={t('historyAbout')}
          onClick={() => void run('history', fillHistory, t('historyComing'))}
        >
          {t('history')}
        </Button>
      </Group>
    </Stack>
  );
}
