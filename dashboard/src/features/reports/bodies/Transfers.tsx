// Calls that were passed on: how many, by whom, from which queue.

import { Grid } from '@mantine/core';
import { count, percent } from '@/lib/format';
import { StatTile } from '@/ui/StatTile';
import type { BodyProps } from '../body';
import { useBodyTexts } from '../bodyText';
import { Lines } from '../charts/lazy';
import type { Col } from '../columns';
import { ChartPanel } from '../components/ChartPanel';
import { Show } from '../components/States';
import { TablePanel } from '../components/TablePanel';
import { Tiles } from '../components/Tiles';
import { callsOf } from '../drill';
import { useHowTexts } from '../howText';
import { stepName } from '../labels';
import { type TransferRow, type TransfersReport, useReport } from '../queries';

export function Transfers({ search }: BodyProps) {
  const t = useBodyTexts();
  const how = useHowTexts();
  const report = useReport('transfers', search);
  return (
    <Show report={report} isEmpty={({ answered }) => answered === 0}>
      {(transfers) => (
        <>
          <Tiles>
            <StatTile
              label={t('transfers')}
              hint={how('transfer')}
              value={count(transfers.transferred)}
              detail={t('ofCalls', { some: count(transfers.transferred), all: count(transfers.answered) })}
              to="/calls"
              search={callsOf(transfers.query)}
            />
            <StatTile
              label={t('transferRate')}
              hint={how('transfer')}
              value={transfers.rate == null ? '–' : percent(transfers.rate)}
            />
          </Tiles>
          <Days transfers={transfers} />
          <Grid gap="md">
            <Grid.Col span={{ base: 12, md: 6 }}>
              <Rows title={t('byAgent')} name={t('person')} rows={transfers.agents} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 6 }}>
              <Rows title={t('byQueue')} name={t('queue')} rows={transfers.queues} />
            </Grid.Col>
          </Grid>
        </>
      )}
    </Show>
  );
}

function useColumns(name: string, of: (row: TransferRow) => string): Col<TransferRow>[] {
  const t = useBodyTexts();
  return [
    { key: 'name', title: name, of },
    { key: 'transferred', title: t('transferred'), kind: 'count', of: ({ transferred }) => transferred },
    { key: 'answered', title: t('answered'), kind: 'count', of: ({ answered }) => answered },
    { key: 'rate', title: t('transferRate'), kind: 'share', of: ({ rate }) => rate },
  ];
}

function Days({ transfers: { days } }: { transfers: TransfersReport }) {
  const t = useBodyTexts();
  const dayOf = ({ key }: TransferRow): string => stepName('day', key, null);
  return (
    <ChartPanel
      title={t('transfersOverTime')}
      how={['transfer']}
      summary={t('transfersAlt')}
      rows={days}
      columns={useColumns(t('day'), dayOf)}
      rowKey={({ key }) => key}
      calls={({ query }) => callsOf(query)}
      height={220}
    >
      <Lines
        height={220}
        isShare
        format={percent}
        data={days.map((day) => ({ label: dayOf(day), rate: day.rate ?? null }))}
        lines={[{ name: 'rate', label: t('transferRate'), color: 'var(--chart-main)' }]}
      />
    </ChartPanel>
  );
}

function Rows({ title, name, rows }: { title: string; name: string; rows: TransferRow[] }) {
  const t = useBodyTexts();
  return (
    <TablePanel
      title={title}
      how={['transfer']}
      rows={rows.filter(({ transferred }) => transferred > 0)}
      columns={useColumns(name, (row) => row.name ?? row.key)}
      rowKey={({ key }) => key}
      calls={({ query }) => callsOf(query)}
      none={t('noTransfers')}
    />
  );
}
