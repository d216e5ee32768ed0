// How many calls: bars by what came of them, as fine as somebody wants to look.

import { Grid, SegmentedControl } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { count, length, percent } from '@/lib/format';
import { StatTile } from '@/ui/StatTile';
import type { BodyProps } from '../body';
import { useBodyTexts } from '../bodyText';
import { StackedBars } from '../charts/lazy';
import type { Col } from '../columns';
import { ChartPanel } from '../components/ChartPanel';
import { OutcomeList } from '../components/OutcomeList';
import { Panel } from '../components/Panel';
import { Show } from '../components/States';
import { Tiles } from '../components/Tiles';
import { callsOf } from '../drill';
import { daysOf, GRANULARITIES, granularityOf, lengthInDays, MOST_DAYS_BY_HOUR } from '../filters';
import { useHowTexts } from '../howText';
import { stepName } from '../labels';
import type { ReportSearch } from '../names';
import { OUTCOMES, outcomeColor, useOutcomeTexts } from '../outcomes';
import { type ReportCallsQuery, useReport, type VolumeReport, type VolumeRow } from '../queries';
import { useReportTexts } from '../text';

export function Volume({ search, onChange }: BodyProps) {
  const report = useReport('volume', search, { step: granularityOf(search) });
  return (
    <Show report={report} isEmpty={({ total }) => total.calls === 0}>
      {(volume) => (
        <>
          <Numbers volume={volume} />
          <Grid gap="md">
            <Grid.Col span={{ base: 12, lg: 9 }}>
              <Bars volume={volume} search={search} onChange={onChange} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 3 }}>
              <Outcomes volume={volume} />
            </Grid.Col>
          </Grid>
        </>
      )}
    </Show>
  );
}

function Numbers({ volume: { total } }: { volume: VolumeReport }) {
  const t = useBodyTexts();
  const how = useHowTexts();
  const { answered, missed, abandoned, voicemail } = total.outcomes;
  const of = (some: number): string => (total.calls === 0 ? '–' : percent(some / total.calls));
  const split = { inbound: count(total.inbound), outbound: count(total.outbound), internal: count(total.internal) };
  return (
    <Tiles>
      <StatTile label={t('calls')} hint={how('calls')} value={count(total.calls)} detail={t('split', split)} />
      <StatTile label={t('answered')} hint={how('outcome')} value={count(answered)} detail={of(answered)} />
      <StatTile
        label={t('lost')}
        hint={t('lostHint')}
        value={count(missed + abandoned + voicemail)}
        detail={of(missed + abandoned + voicemail)}
      />
      <StatTile
        label={t('talk')}
        hint={how('talk')}
        value={length(total.talk_seconds)}
        detail={answered === 0 ? undefined : t('perCall', { time: length(total.talk_seconds / answered) })}
      />
    </Tiles>
  );
}

interface BarsProps {
  volume: VolumeReport;
  search: ReportSearch;
  onChange: (change: ReportSearch) => void;
}

function Bars({ volume, search, onChange }: BarsProps) {
  const t = useBodyTexts();
  const word = useReportTexts();
  const outcome = useOutcomeTexts();
  const navigate = useNavigate();
  const isOneDay = volume.about.from === volume.about.to;
  const present = OUTCOMES.filter((each) => volume.total.outcomes[each] > 0);
  const label = (row: VolumeRow): string => stepName(volume.step, row.date, row.hour, isOneDay);
  const columns: Col<VolumeRow>[] = [
    { key: 'when', title: t('when'), of: label },
    { key: 'calls', title: t('calls'), kind: 'count', of: ({ calls }) => calls },
    { key: 'inbound', title: t('inbound'), kind: 'count', of: ({ inbound }) => inbound },
    { key: 'outbound', title: t('outbound'), kind: 'count', of: ({ outbound }) => outbound },
    { key: 'internal', title: t('internal'), kind: 'count', of: ({ internal }) => internal },
    ...present.map(
      (each): Col<VolumeRow> => ({
        key: each,
        title: outcome(each),
        kind: 'count',
        of: ({ outcomes }) => outcomes[each],
      }),
    ),
    { key: 'talk', title: t('talk'), kind: 'seconds', of: ({ talk_seconds }) => talk_seconds },
  ];
  const open = (index: number): void => {
    const row = volume.rows[index];
    if (row !== undefined) {
      void navigate({ to: '/calls', search: callsOf(row.query) as never });
    }
  };
  const fine = lengthInDays(daysOf(search)) <= MOST_DAYS_BY_HOUR;
  return (
    <ChartPanel
      title={t('overTime')}
      how={['calls', 'outcome']}
      summary={t('overTimeAlt', { step: stepWord(volume.step, word), calls: count(volume.total.calls) })}
      rows={volume.rows}
      columns={columns}
      rowKey={({ starts }) => starts}
      calls={({ query }) => callsOf(query)}
      height={320}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={word('granularity')}
          value={volume.step}
          onChange={(by) => onChange({ by })}
          data={GRANULARITIES.filter((each) => fine || each !== 'hour').map((value) => ({
            value,
            label: stepWord(value, word),
          }))}
        />
      }
    >
      <StackedBars
        height={320}
        data={volume.rows.map((row) => ({ label: label(row), ...row.outcomes }))}
        series={present.map((each) => ({ name: each, label: outcome(each), color: outcomeColor(each) }))}
        onPick={open}
      />
    </ChartPanel>
  );
}

function stepWord(step: string, t: ReturnType<typeof useReportTexts>): string {
  return step === 'hour' ? t('hour') : step === 'day' ? t('day') : step === 'week' ? t('week') : t('byMonth');
}

/** All steps of the period together. */
function wholeOf(volume: VolumeReport): ReportCallsQuery {
  return { ...volume.rows[0]?.query, occurred_before: volume.rows.at(-1)?.query.occurred_before };
}

function Outcomes({ volume }: { volume: VolumeReport }) {
  const t = useBodyTexts();
  return (
    <Panel title={t('outcomes')} how={['outcome']}>
      <OutcomeList outcomes={volume.total.outcomes} query={wholeOf(volume)} />
    </Panel>
  );
}
