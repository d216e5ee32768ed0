// The week as it usually goes: weekdays by hours, with a switch for what the colour is.

import { Grid, SegmentedControl } from '@mantine/core';
import { count, decimal, length, percent } from '@/lib/format';
import type { BodyProps } from '../body';
import { useBodyTexts } from '../bodyText';
import type { Col } from '../columns';
import { CopyTable } from '../components/ChartPanel';
import { type Cell, HeatGrid, weekdayName } from '../components/HeatGrid';
import { Panel } from '../components/Panel';
import { Show } from '../components/States';
import { TablePanel } from '../components/TablePanel';
import { callsOf } from '../drill';
import type { How } from '../howText';
import { type HeatmapCell, type HeatmapReport, useReport } from '../queries';

const SHOWS = ['volume', 'rate', 'wait'] as const;
type Shown = (typeof SHOWS)[number];
type Texts = ReturnType<typeof useBodyTexts>;

const HOW: Record<Shown, How> = { volume: 'calls', rate: 'answerRate', wait: 'wait' };
const ABOUT = { volume: 'heatVolume', rate: 'heatRate', wait: 'heatWait' } as const;

/** Fewer inbound calls than this say nothing of an hour's answer rate. */
const LEAST = 5;
const LISTED = 5;

export function Heatmap({ search, onChange }: BodyProps) {
  const report = useReport('heatmap', search);
  const show = SHOWS.find((each) => each === search.show) ?? 'volume';
  return (
    <Show report={report} isEmpty={({ cells }) => cells.every(({ calls }) => calls === 0)}>
      {(week) => (
        <>
          <Week week={week} show={show} onShow={(next) => onChange({ show: next })} />
          <Grid gap="md">
            <Grid.Col span={{ base: 12, md: 6 }}>
              <Busiest week={week} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 6 }}>
              <Weakest week={week} />
            </Grid.Col>
          </Grid>
        </>
      )}
    </Show>
  );
}

function Week({ week, show, onShow }: { week: HeatmapReport; show: Shown; onShow: (show: string) => void }) {
  const t = useBodyTexts();
  return (
    <Panel
      title={t('week')}
      about={t(ABOUT[show])}
      how={['heat', HOW[show]]}
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label={t('week')}
            value={show}
            onChange={onShow}
            data={SHOWS.map((value) => ({ value, label: t(value) }))}
          />
          <CopyTable title={t('week')} rows={week.cells} columns={columnsOf(t)} />
        </>
      }
    >
      <HeatGrid
        label={`${t('week')}: ${t(ABOUT[show])}`}
        show={show}
        cells={week.cells.map((cell) => shownAs(cell, show, t))}
        most={show === 'rate' ? 1 : undefined}
      />
    </Panel>
  );
}

function hourOf({ weekday, hour }: HeatmapCell, style: 'short' | 'long' = 'short'): string {
  const two = (each: number): string => String(each % 24).padStart(2, '0');
  return `${weekdayName(weekday - 1, style)} ${two(hour)}–${two(hour + 1)}`;
}

function shownAs(cell: HeatmapCell, show: Shown, t: Texts): Cell {
  const { value, words } = reading(cell, show);
  const at = hourOf(cell, 'long');
  const title = {
    volume: t('cellVolume', { at, value: words }),
    rate: t('cellRate', { at, value: words, offered: count(cell.offered) }),
    wait: t('cellWait', { at, value: words }),
  };
  return {
    weekday: cell.weekday - 1,
    hour: cell.hour,
    value,
    words,
    title: value === null ? t('cellNone', { at }) : title[show],
    query: cell.query,
  };
}

/** As few signs as a cell has room for. */
function reading(cell: HeatmapCell, show: Shown): { value: number | null; words: string } {
  if (cell.calls === 0) {
    return { value: null, words: '' };
  }
  switch (show) {
    case 'rate': {
      const rate = cell.answer_rate ?? null;
      return { value: rate, words: rate === null ? '' : percent(rate) };
    }
    case 'wait': {
      const wait = cell.average_wait_seconds ?? null;
      return {
        value: wait,
        words: wait === null ? '' : wait < 100 ? `${Math.round(wait)}s` : `${Math.round(wait / 60)}m`,
      };
    }
    default: {
      const calls = cell.calls_per_day ?? 0;
      return { value: calls, words: calls < 10 ? decimal(calls) : count(Math.round(calls)) };
    }
  }
}

function columnsOf(t: Texts): Col<HeatmapCell>[] {
  return [
    { key: 'hour', title: t('hour'), of: (cell) => hourOf(cell) },
    { key: 'perDay', title: t('perDay'), kind: 'decimal', of: ({ calls_per_day }) => calls_per_day },
    { key: 'offered', title: t('offered'), kind: 'count', of: ({ offered }) => offered },
    { key: 'rate', title: t('answerRate'), kind: 'share', of: ({ answer_rate }) => answer_rate },
    {
      key: 'wait',
      title: t('waitAverage'),
      kind: 'seconds',
      of: ({ average_wait_seconds }) => average_wait_seconds,
      show: ({ average_wait_seconds: wait }) => (wait == null ? '–' : length(wait)),
    },
  ];
}

function Busiest({ week }: { week: HeatmapReport }) {
  const t = useBodyTexts();
  const rows = [...week.cells].sort((a, b) => (b.calls_per_day ?? 0) - (a.calls_per_day ?? 0)).slice(0, LISTED);
  return <Hours title={t('busiest')} rows={rows.filter(({ calls }) => calls > 0)} />;
}

function Weakest({ week }: { week: HeatmapReport }) {
  const t = useBodyTexts();
  const rows = week.cells
    .filter(({ offered, answer_rate }) => offered >= LEAST && (answer_rate ?? 1) < 1)
    .sort((a, b) => (a.answer_rate ?? 1) - (b.answer_rate ?? 1))
    .slice(0, LISTED);
  return <Hours title={t('weakest')} about={t('weakestAbout', { least: LEAST })} rows={rows} />;
}

function Hours({ title, about, rows }: { title: string; about?: string; rows: HeatmapCell[] }) {
  const t = useBodyTexts();
  return (
    <TablePanel
      title={title}
      about={about}
      how={['heat']}
      rows={rows}
      columns={columnsOf(t)}
      rowKey={({ weekday, hour }) => `${weekday} ${hour}`}
      calls={({ query }) => callsOf(query)}
      none="–"
    />
  );
}
