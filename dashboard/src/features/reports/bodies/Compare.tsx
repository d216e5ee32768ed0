// A period beside another one.

import { SegmentedControl, Text } from '@mantine/core';
import { type Comparison, compare, compareShares, type Wish } from '@/lib/compare';
import { count, length, percent } from '@/lib/format';
import { StatTile } from '@/ui/StatTile';
import type { BodyProps } from '../body';
import { Lines } from '../charts/lazy';
import type { Col } from '../columns';
import { ChartPanel } from '../components/ChartPanel';
import { Show } from '../components/States';
import { TablePanel } from '../components/TablePanel';
import { Tiles } from '../components/Tiles';
import { dayName } from '../filters';
import { type How, useHowTexts } from '../howText';
import { useInsightTexts } from '../insightText';
import { stepName } from '../labels';
import { type CompareReport, useReport } from '../queries';
import { useReportTexts } from '../text';

type Row = CompareReport['rows'][number];
type Day = CompareReport['days'][number];

const AGAINST = ['previous', 'year'] as const;

/** Whether people would rather have more of it; everything else is neither good nor bad. */
const WISHES: Partial<Record<Row['measure'], Wish>> = {
  answer_rate: 'more',
  connect_rate: 'more',
  missed: 'less',
  abandoned: 'less',
  average_wait: 'less',
  median_wait: 'less',
  p90_wait: 'less',
};

const HOW: Partial<Record<Row['measure'], How>> = {
  answer_rate: 'answerRate',
  connect_rate: 'asr',
  missed: 'outcome',
  abandoned: 'outcome',
  average_wait: 'wait',
  median_wait: 'median',
  p90_wait: 'p90',
  talk_seconds: 'talk',
  average_talk: 'talk',
  transfer_rate: 'transfer',
};

/** What stands above the table. */
const FIRST: readonly Row['measure'][] = ['calls', 'answer_rate', 'missed', 'median_wait'];

export function Compare({ search, onChange }: BodyProps) {
  const t = useInsightTexts();
  const word = useReportTexts();
  const against = AGAINST.find((each) => each === search.show) ?? 'previous';
  const report = useReport('compare', search, { against });
  return (
    <>
      <SegmentedControl
        className="no-print"
        style={{ alignSelf: 'flex-start' }}
        aria-label={t('against')}
        value={against}
        onChange={(show) => onChange({ show })}
        data={AGAINST.map((value) => ({ value, label: t(value) }))}
      />
      <Show report={report} isEmpty={({ days }) => days.every(({ calls, before_calls }) => calls + before_calls === 0)}>
        {(compared) => (
          <>
            <Text size="sm" c="dimmed">
              {word('beforePeriod', { from: dayName(compared.before_from), to: dayName(compared.before_to) })}
            </Text>
            <Numbers rows={compared.rows} />
            <Days days={compared.days} />
            <Measures rows={compared.rows} />
          </>
        )}
      </Show>
    </>
  );
}

function shownAs({ unit }: Row, value: number | null | undefined): string {
  if (value == null) {
    return '–';
  }
  return unit === 'share' ? percent(value) : unit === 'seconds' ? length(value) : count(Math.round(value));
}

function comparisonOf({ unit, now, before, measure }: Row): Comparison | undefined {
  return (unit === 'share' ? compareShares : compare)(now, before, WISHES[measure] ?? 'either');
}

function Numbers({ rows }: { rows: Row[] }) {
  const t = useInsightTexts();
  const word = useReportTexts();
  const how = useHowTexts();
  return (
    <Tiles>
      {rows
        .filter(({ measure }) => FIRST.includes(measure))
        .map((row) => (
          <StatTile
            key={row.measure}
            label={t(row.measure)}
            hint={how(HOW[row.measure] ?? 'calls')}
            value={shownAs(row, row.now)}
            compared={comparisonOf(row)}
            inPoints={row.unit === 'share'}
            same={word('same')}
            before={word('before', { value: shownAs(row, row.before) })}
          />
        ))}
    </Tiles>
  );
}

function Days({ days }: { days: Day[] }) {
  const t = useInsightTexts();
  const label = ({ date }: Day): string => stepName('day', date, null);
  const columns: Col<Day>[] = [
    { key: 'day', title: t('now'), of: label },
    { key: 'calls', title: t('calls'), kind: 'count', of: ({ calls }) => calls },
    { key: 'beforeDay', title: t('beforeDay'), of: ({ before_date }) => dayName(before_date) },
    { key: 'before', title: t('before'), kind: 'count', of: ({ before_calls }) => before_calls },
  ];
  return (
    <ChartPanel
      title={t('byDay')}
      how={['calls', 'compare']}
      summary={t('byDayAlt')}
      rows={days}
      columns={columns}
      rowKey={({ date }) => date}
    >
      <Lines
        data={days.map((day) => ({ label: label(day), now: day.calls, before: day.before_calls }))}
        lines={[
          { name: 'now', label: t('now'), color: 'var(--chart-main)' },
          { name: 'before', label: t('before'), color: 'var(--chart-before)', isDashed: true },
        ]}
      />
    </ChartPanel>
  );
}

/** Up and down as a word with a sign, coloured where one of them is the better. */
function Change({ row }: { row: Row }) {
  const t = useInsightTexts();
  const compared = comparisonOf(row);
  if (compared?.by === undefined) {
    return '–';
  }
  const sign = compared.by > 0 ? '+' : compared.by < 0 ? '−' : '';
  const by = Math.abs(compared.by);
  const color = compared.isGood === undefined ? undefined : compared.isGood ? 'teal' : 'red';
  return (
    <Text
      span
      inherit
      fw={600}
      style={color && { color: `light-dark(var(--mantine-color-${color}-9), var(--mantine-color-${color}-4))` }}
    >
      {row.unit === 'share' ? t('points', { points: `${sign}${Math.round(by * 100)}` }) : `${sign}${percent(by)}`}
    </Text>
  );
}

function Measures({ rows }: { rows: Row[] }) {
  const t = useInsightTexts();
  const columns: Col<Row>[] = [
    { key: 'measure', title: t('measure'), of: ({ measure }) => t(measure) },
    { key: 'now', title: t('now'), kind: 'decimal', of: ({ now }) => now, show: (row) => shownAs(row, row.now) },
    {
      key: 'before',
      title: t('before'),
      kind: 'decimal',
      of: ({ before }) => before,
      show: (row) => shownAs(row, row.before),
    },
    {
      key: 'change',
      title: t('change'),
      kind: 'decimal',
      of: ({ unit, change, difference }) => (unit === 'share' ? difference : change),
      show: (row) => <Change row={row} />,
    },
  ];
  return (
    <TablePanel
      title={t('measures')}
      how={['compare', 'answerRate', 'wait', 'median', 'p90']}
      rows={rows}
      columns={columns}
      rowKey={({ measure }) => measure}
      none="–"
      most={20}
    />
  );
}
