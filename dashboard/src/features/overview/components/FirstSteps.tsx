// A workspace in which nothing has happened yet: what to do first.

import { Button, Paper, SimpleGrid, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { type Icon, IconHourglass, IconPlugConnected, IconServer, IconUserPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import type { ConnectionHealth } from '../queries';
import { useOverviewTexts } from '../text';

/** Every workspace has a connection for call records from the start; that it waits says nothing of what was done. */
const MADE_AT_SIGN_UP = 'clouducm';

export function FirstSteps({ connections }: { connections: ConnectionHealth[] }) {
  const waiting = connections.filter(({ state }) => state === 'waiting');
  const first = waiting.find(({ provider }) => provider !== MADE_AT_SIGN_UP);
  return first === undefined ? <Connect prepared={waiting[0]} /> : <Await connection={first} />;
}

/** A provider is connected, and has sent nothing yet. */
function Await({ connection }: { connection: ConnectionHealth }) {
  const t = useOverviewTexts();
  const to: string = `/connections/${connection.connection_id}`;
  return (
    <Paper>
      <EmptyState
        icon={IconHourglass}
        title={t('awaitTitle')}
        action={
          <Button variant="light" renderRoot={(props) => <Link {...props} to={to} />}>
            {t('awaitOpen')}
          </Button>
        }
      >
        {t('awaitText')}
      </EmptyState>
    </Paper>
  );
}

function Connect({ prepared }: { prepared: ConnectionHealth | undefined }) {
  const t = useOverviewTexts();
  const mayConnect = useMay('connections.write');
  const mayInvite = useMay('members.write');
  return (
    <Stack gap="md">
      <div>
        <Title order={2}>{t('firstTitle')}</Title>
        <Text c="dimmed">{mayConnect ? t('firstText') : t('askSomebody')}</Text>
      </div>
      {mayConnect && (
        <SimpleGrid cols={{ base: 1, sm: prepared === undefined ? 2 : 3 }}>
          <Step
            icon={IconPlugConnected}
            title={t('firstConnect')}
            text={t('firstConnectText')}
            to="/connections/new"
            isMain
          />
          {prepared !== undefined && (
            <Step
              icon={IconServer}
              title={t('firstPrepared')}
              text={t('firstPreparedText')}
              to={`/connections/${prepared.connection_id}`}
            />
          )}
          {mayInvite && (
            <Step icon={IconUserPlus} title={t('firstInvite')} text={t('firstInviteText')} to="/settings/members" />
          )}
        </SimpleGrid>
      )}
    </Stack>
  );
}

interface StepProps {
  icon: Icon;
  title: string;
  text: string;
  to: string;
  isMain?: boolean;
}

function Step({ icon: Glyph, title, text, to, isMain = false }: StepProps) {
  return (
    <Paper p="lg">
      <Stack gap="sm" h="100%">
        <ThemeIcon size={40} radius="xl" variant="light" aria-hidden>
          <Glyph size={20} stroke={1.7} />
        </ThemeIcon>
        <Text size="sm" c="dimmed" style={{ flex: 1 }}>
          {text}
        </Text>
        <Button variant={isMain ? 'filled' : 'default'} renderRoot={(props) => <Link {...props} to={to} />}>
          {title}
        </Button>
      </Stack>
    </Paper>
  );
}
