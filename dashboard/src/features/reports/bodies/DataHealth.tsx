// Whether the records can be believed, one connection after the other.

import { Anchor, Badge, Group, List, type MantineColor, SimpleGrid, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { count, decimal, length } from '@/lib/format';
import { StatTile } from '@/ui/StatTile';
import { Ago } from '@/ui/Times';
import type { BodyProps } from '../body';
import { Panel } from '../components/Panel';
import { Nothing, Show } from '../components/States';
import { callsOf } from '../drill';
import { useHowTexts } from '../howText';
import { useInsightTexts } from '../insightText';
import { dayAndClock } from '../labels';
import { type ConnectionDataHealth, type DataHealthReport, useReport } from '../queries';

const COLORS: Record<ConnectionDataHealth['state'], MantineColor> = {
  ok: 'teal',
  waiting: 'blue',
  silent: 'orange',
  failing: 'red',
  paused: 'gray',
};

export function DataHealth({ search }: BodyProps) {
  const report = useReport('data-health', search);
  return (
    <Show report={report} isEmpty={() => false}>
      {(health) => <Connections health={health} />}
    </Show>
  );
}

/** A connection that never had a call has no records to doubt. */
function isIdle({ calls, last_call_at }: ConnectionDataHealth): boolean {
  return calls === 0 && last_call_at == null;
}

function Connections({ health: { connections, late_seconds } }: { health: DataHealthReport }) {
  const t = useInsightTexts();
  const idle = connections.filter(isIdle);
  const busy = connections.filter((connection) => !isIdle(connection));
  return (
    <>
      {busy.length === 0 && <Nothing about={t('connectionsNone')} />}
      {busy.map((connection) => (
        <Connection key={connection.connection_id} connection={connection} lateSeconds={late_seconds} />
      ))}
      {idle.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('idle')}: {idle.map(({ name }) => name).join(', ')}
        </Text>
      )}
    </>
  );
}

interface ConnectionProps {
  connection: ConnectionDataHealth;
  lateSeconds: number;
}

function Connection({ connection, lateSeconds }: ConnectionProps) {
  const t = useInsightTexts();
  const to: string = `/connections/${connection.connection_id}`;
  return (
    <Panel
      title={connection.name}
      about={
        <>
          {t('lastReceived')}:{' '}
          {connection.last_received_at == null ? t('never') : <Ago at={connection.last_received_at} />} ·{' '}
          {t('lastCall')}: {connection.last_call_at == null ? t('never') : <Ago at={connection.last_call_at} />} ·{' '}
          <Anchor inherit underline="always" renderRoot={(props) => <Link {...props} to={to} />}>
            {connection.provider}
          </Anchor>
        </>
      }
      how={['backlog', 'gap', 'duplicates', 'clock']}
      actions={<Badge color={COLORS[connection.state]}>{t(connection.state)}</Badge>}
    >
      <Numbers connection={connection} lateSeconds={lateSeconds} />
      <Gaps connection={connection} />
    </Panel>
  );
}

function Numbers({ connection, lateSeconds }: ConnectionProps) {
  const t = useInsightTexts();
  const how = useHowTexts();
  const { delay, drift_seconds: drift } = connection;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="xs" verticalSpacing="xs">
      <StatTile
        label={t('calls')}
        hint={how('calls')}
        value={count(connection.calls)}
        to="/calls"
        search={callsOf(connection.query)}
      />
      <StatTile
        label={t('delay')}
        hint={`${how('backlog')} ${how('median')}`}
        value={delay.median_seconds == null ? '–' : length(delay.median_seconds)}
        detail={delay.p90_seconds == null ? undefined : t('delayDetail', { time: length(delay.p90_seconds) })}
      />
      <StatTile label={t('late')} hint={t('lateHint', { time: length(lateSeconds) })} value={count(connection.late)} />
      <StatTile label={t('duplicates')} hint={t('duplicatesHint')} value={count(connection.duplicates)} />
      <StatTile label={t('estimated')} hint={t('estimatedHint')} value={count(connection.estimated_starts)} />
      <StatTile
        label={t('drift')}
        hint={t('driftHint')}
        value={drift == null ? '–' : length(drift)}
        detail={drift == null ? t('driftNone') : t('ahead', { count: connection.ahead })}
      />
    </SimpleGrid>
  );
}

function Gaps({ connection: { gaps } }: { connection: ConnectionDataHealth }) {
  const t = useInsightTexts();
  if (gaps.length === 0) {
    return (
      <Group gap={6}>
        <IconCircleCheck size={17} color="var(--outcome-answered)" aria-hidden />
        <Text size="sm">{t('gapsNone')}</Text>
      </Group>
    );
  }
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {t('gaps')}
      </Text>
      <List size="sm" spacing={4}>
        {gaps.map(({ from, before, usual_calls }) => (
          <List.Item key={from}>
            {t('gapLine', { from: dayAndClock(from), to: dayAndClock(before), calls: decimal(usual_calls) })}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
