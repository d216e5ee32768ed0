// How busy the lines are, and how many it takes.

import { count, decimal, length, percent, shortTime } from '@/lib/format';
import { StatTile } from '@/ui/StatTile';
import type { BodyProps } from '../body';
import { useBodyTexts } from '../bodyText';
import { Lines } from '../charts/lazy';
import type { Col } from '../columns';
import { Bar } from '../components/Bar';
import { CallsLink } from '../components/CallsLink';
import { ChartPanel } from '../components/ChartPanel';
import { Nothing, Show } from '../components/States';
import { TablePanel } from '../components/TablePanel';
import { Tiles } from '../components/Tiles';
import { callsOf } from '../drill';
import { useHowTexts } from '../howText';
import { stepName } from '../labels';
import { type TrunkRow, type TrunksReport, useReport } from '../queries';

export function Trunks({ search }: BodyProps) {
  const t = useBodyTexts();
  const report = useReport('trunks', search);
  return (
    <Show report={report} isEmpty={() => false}>
      {(trunks) =>
        trunks.rows.length === 0 ? (
          <Nothing about={t('noTrunks')} />
        ) : (
          <>
            <Numbers trunks={trunks} />
            <Concurrency trunks={trunks} />
            <Table trunks={trunks} />
          </>
        )
      }
    </Show>
  );
}

const at = (moment: string | null | undefined): string | undefined => (moment == null ? undefined : shortTime(moment));

function Numbers({ trunks: { all, blocking } }: { trunks: TrunksReport }) {
  const t = useBodyTexts();
  const how = useHowTexts();
  return (
    <Tiles>
      <StatTile
        label={t('lines')}
        hint={how('lines')}
        value={count(all.lines_needed)}
        detail={t('linesHint', { share: percent(blocking) })}
      />
      <StatTile
        label={t('peak')}
        hint={how('peak')}
        value={count(all.peak_calls)}
        detail={at(all.peak_at)}
        to={all.peak_query == null ? undefined : '/calls'}
        search={all.peak_query == null ? undefined : callsOf(all.peak_query)}
      />
      <StatTile
        label={t('erlangs')}
        hint={how('erlang')}
        value={decimal(all.busy_hour_erlangs)}
        detail={at(all.busy_hour_at)}
      />
      <StatTile
        label={t('calls')}
        hint={how('trunkMinutes')}
        value={count(all.calls)}
        detail={`${t('talk')}: ${length(all.talk_seconds)}`}
        to="/calls"
        search={callsOf(all.query)}
      />
    </Tiles>
  );
}

type Day = TrunksReport['days'][number];

function Concurrency({ trunks: { days, all } }: { trunks: TrunksReport }) {
  const t = useBodyTexts();
  const dayOf = ({ date }: Day): string => stepName('day', date, null);
  const columns: Col<Day>[] = [
    { key: 'day', title: t('day'), of: dayOf },
    { key: 'peak', title: t('peak'), kind: 'count', of: ({ peak_calls }) => peak_calls },
    { key: 'erlangs', title: t('erlangs'), kind: 'decimal', of: ({ busy_hour_erlangs }) => busy_hour_erlangs },
  ];
  return (
    <ChartPanel
      title={t('concurrency')}
      how={['peak', 'erlang', 'lines']}
      summary={t('concurrencyAlt')}
      rows={days}
      columns={columns}
      rowKey={({ date }) => date}
      calls={({ query }) => callsOf(query)}
    >
      <Lines
        format={(value) => decimal(value)}
        data={days.map((day) => ({ label: dayOf(day), peak: day.peak_calls, erlangs: day.busy_hour_erlangs }))}
        lines={[
          { name: 'peak', label: t('peak'), color: 'var(--chart-band)', isBar: true },
          { name: 'erlangs', label: t('erlangs'), color: 'var(--chart-main)' },
        ]}
        level={{ value: all.lines_needed, label: `${t('lines')}: ${count(all.lines_needed)}` }}
      />
    </ChartPanel>
  );
}

function Table({ trunks }: { trunks: TrunksReport }) {
  const t = useBodyTexts();
  const most = Math.max(1, ...trunks.rows.map(({ held_seconds }) => held_seconds));
  const columns: Col<TrunkRow>[] = [
    { key: 'trunk', title: t('trunk'), of: ({ trunk }) => (trunk === '' ? t('allTrunks') : trunk) },
    { key: 'calls', title: t('calls'), kind: 'count', of: ({ calls }) => calls },
    { key: 'in', title: t('inbound'), kind: 'count', of: ({ inbound }) => inbound },
    { key: 'out', title: t('outbound'), kind: 'count', of: ({ outbound }) => outbound },
    { key: 'connect', title: t('connectRate'), kind: 'share', of: ({ connect_rate }) => connect_rate },
    {
      key: 'held',
      title: t('held'),
      kind: 'seconds',
      of: ({ held_seconds }) => held_seconds,
      show: ({ held_seconds, trunk }) =>
        trunk === '' ? length(held_seconds) : <Bar share={held_seconds / most}>{length(held_seconds)}</Bar>,
    },
    {
      key: 'peak',
      title: t('peak'),
      kind: 'count',
      of: ({ peak_calls }) => peak_calls,
      show: (row) => <Peak row={row} />,
    },
    { key: 'erlangs', title: t('erlang'), kind: 'decimal', of: ({ busy_hour_erlangs }) => busy_hour_erlangs },
    { key: 'lines', title: t('lines'), kind: 'count', of: ({ lines_needed }) => lines_needed },
  ];
  return (
    <TablePanel
      title={t('trunks')}
      how={['trunkMinutes', 'peak', 'erlang', 'lines', 'asr']}
      rows={trunks.rows}
      columns={columns}
      rowKey={({ trunk }) => trunk}
      calls={({ query }) => callsOf(query)}
      total={trunks.rows.length > 1 ? trunks.all : undefined}
      none={t('noTrunks')}
    />
  );
}

function Peak({ row: { peak_calls, peak_at, peak_query, trunk } }: { row: TrunkRow }) {
  const t = useBodyTexts();
  return peak_query == null ? (
    count(peak_calls)
  ) : (
    <CallsLink of={`${t('peak')}, ${trunk}, ${at(peak_at)}`} search={callsOf(peak_query)}>
      {count(peak_calls)}
    </CallsLink>
  );
}
