// The panel that makes things happen at the sandbox, and shows them happening. For a connection's page, and for the first
// look at an empty workspace. Nothing where the server runs without a sandbox.

import { Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import {
  type Icon,
  IconCalendarPlus,
  IconMessage,
  IconMicrophone,
  IconPhoneCheck,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPhoneOutgoing,
  IconPhoneX,
  IconPlugConnected,
  IconRecordMail,
  IconUsersGroup,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '@/session/me';
import { toastDone, toastFailed } from '@/ui/toast';
import { LatestCalls } from './LatestCalls';
import { connectSandbox, fillHistory, ring, type Scenario, sandboxQuery, sendText } from './queries';
import { useSandboxTexts } from './text';

const ICONS: Record<Scenario, Icon> = {
  answered: IconPhoneCheck,
  missed: IconPhoneX,
  voicemail: IconRecordMail,
  recorded: IconMicrophone,
  queue: IconUsersGroup,
  transfer: IconPhoneIncoming,
  outbound: IconPhoneOutgoing,
  abandoned_greeting: IconPhoneOff,
};

/** Runs one deed at a time and says which is under way. */
function useDeeds() {
  const [busy, setBusy] = useState<string>();
  const run = async (name: string, deed: () => Promise<unknown>, words: string): Promise<void> => {
    setBusy(name);
    try {
      await deed();
      toastDone(words);
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(undefined);
    }
  };
  return { busy, run };
}

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
        {isConnected && <LatestCalls />}
      </Stack>
    </Paper>
  );
}

interface DeedsProps {
  scenarios: Scenario[];
  busy: string | undefined;
  run: (name: string, deed: () => Promise<unknown>, words: string) => Promise<void>;
}

function Deeds({ scenarios, busy, run }: DeedsProps) {
  const t = useSandboxTexts();
  return (
    <Stack gap="xs">
      <Text size="sm" fw={550} id="try-it-calls">
        {t('ring')}
      </Text>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs" role="group" aria-labelledby="try-it-calls">
        {scenarios.map((scenario) => {
          const Glyph = ICONS[scenario] ?? IconPhoneIncoming;
          return (
            <Button
              key={scenario}
              variant="default"
              justify="flex-start"
              px="sm"
              leftSection={<Glyph size={16} aria-hidden />}
              loading={busy === scenario}
              onClick={() => void run(scenario, () => ring(scenario), t('ringing'))}
              styles={{ label: { overflow: 'hidden', textOverflow: 'ellipsis' } }}
              title={t(scenario)}
            >
              {t(scenario)}
            </Button>
          );
        })}
      </SimpleGrid>
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
