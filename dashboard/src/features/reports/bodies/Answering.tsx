// How well and how fast calls are answered.

import { Grid } from '@mantine/core';
import { duration as clockLength, count, length, percent } from '@/lib/format';
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
import { type AnsweringReport, type ReportAnsweringDay, type ReportDistribution, useReport } from '../queries';

export function Answering({ search }: BodyProps) {
  const report = useReport('answering', search);
  return (
    <Show report={report} isEmpty={({ inbound, outbound }) => inbound.calls + outbound.calls === 0}>
      {(answering) => (
        <>
          <Numbers answering={answering} />
          <Grid gap="md">
            <Grid.Col span={{ base: 12, lg: 6 }}>
              <Rates answering={answering} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 6 }}>
              <Waits answering={answering} />
            </Grid.Col>
          </Grid>
          <Lengths answering={answering} />
        </>
      )}
    </Show>
  );
}

const rate = (share: number | null | undefined): string => (share == null ? '–' : percent(share));
const time = (seconds: number | null | undefined): string => (seconds == null ? '–' : length(seconds));

function Numbers({ answering: { inbound, outbound } }: { answering: AnsweringReport }) {
  const t = useBodyTexts();
  const how = useHowTexts();
  const of = ({ answered, offered }: typeof inbound): string =>
    t('ofCalls', { some: count(answered), all: count(offered) });
  return (
    <Tiles>
      <StatTile
        label={t('answerRate')}
        hint={how('answerRate')}
        value={rate(inbound.rate)}
        detail={of(inbound)}
        to="/calls"
        search={callsOf(inbound.query)}
      />
      <StatTile
        label={t('connectRate')}
        hint={how('asr')}
        value={rate(outbound.rate)}
        detail={of(outbound)}
        to="/calls"
        search={callsOf(outbound.query)}
      />
      <StatTile
        label={t('waitMedian')}
        hint={`${how('wait')} ${how('median')}`}
        value={time(inbound.wait.median_seconds)}
        detail={`${t('p90')}: ${time(inbound.wait.p90_seconds)}`}
      />
      <StatTile
        label={t('handling')}
        hint={how('handle')}
        value={time(inbound.handling_seconds)}
        detail={`${t('talk')}: ${time(inbound.talk.average_seconds)}`}
      />
    </Tiles>
  );
}

const dayOf = ({ date }: ReportAnsweringDay): string => stepName('day', date, null);

function Rates({ answering: { days } }: { answering: AnsweringReport }) {
  const t = useBodyTexts();
  const columns: Col<ReportAnsweringDay>[] = [
    { key: 'day', title: t('day'), of: dayOf },
    { key: 'offered', title: t('offered'), kind: 'count', of: ({ offered }) => offered },
    { key: 'answered', title: t('answered'), kind: 'count', of: ({ answered }) => answered },
    { key: 'rate', title: t('answerRate'), kind: 'share', of: ({ answer_rate }) => answer_rate },
    { key: 'made', title: t('made'), kind: 'count', of: ({ attempts }) => attempts },
    { key: 'connect', title: t('connectRate'), kind: 'share', of: ({ connect_rate }) => connect_rate },
  ];
  return (
    <ChartPanel
      title={t('rateOverTime')}
      how={['answerRate', 'asr']}
      summary={t('rateOverTimeAlt')}
      rows={days}
      columns={columns}
      rowKey={({ date }) => date}
      calls={({ query }) => callsOf(query)}
    >
      <Lines
        isShare
        format={percent}
        data={days.map((day) => ({
          label: dayOf(day),
          answered: day.answer_rate ?? null,
          connected: day.connect_rate ?? null,
        }))}
        lines={[
          { name: 'answered', label: t('answerRate'), color: 'var(--chart-main)' },
          { name: 'connected', label: t('connectRate'), color: 'var(--chart-second)', isDashed: true },
        ]}
      />
    </ChartPanel>
  );
}

function Waits({ answering: { days } }: { answering: AnsweringReport }) {
  const t = useBodyTexts();
  const columns: Col<ReportAnsweringDay>[] = [
    { key: 'day', title: t('day'), of: dayOf },
    { key: 'median', title: t('median'), kind: 'seconds', of: ({ median_wait_seconds }) => median_wait_seconds },
    { key: 'p90', title: t('p90'), kind: 'seconds', of: ({ p90_wait_seconds }) => p90_wait_seconds },
    { key: 'wait', title: t('waitAverage'), kind: 'seconds', of: ({ average_wait_seconds }) => average_wait_seconds },
    { key: 'talk', title: t('talkAverage'), kind: 'seconds', of: ({ average_talk_seconds }) => average_talk_seconds },
  ];
  return (
    <ChartPanel
      title={t('waitOverTime')}
      how={['wait', 'median', 'p90']}
      summary={t('waitOverTimeAlt')}
      rows={days}
      columns={columns}
      rowKey={({ date }) => date}
      calls={({ query }) => callsOf(query)}
    >
      <Lines
        format={length}
        axisFormat={clockLength}
        data={days.map((day) => ({
          label: dayOf(day),
          p90: day.p90_wait_seconds ?? null,
          median: day.median_wait_seconds ?? null,
        }))}
        lines={[
          { name: 'p90', label: t('p90'), color: 'var(--chart-band)', isBand: true },
          { name: 'median', label: t('median'), color: 'var(--chart-main)' },
        ]}
      />
    </ChartPanel>
  );
}

interface LengthRow {
  key: string;
  what: string;
  lengths: ReportDistribution;
}

function Lengths({ answering: { inbound, outbound } }: { answering: AnsweringReport }) {
  const t = useBodyTexts();
  const rows: LengthRow[] = [
    { key: 'inWait', what: t('inWait'), lengths: inbound.wait },
    { key: 'inLostWait', what: t('inLostWait'), lengths: inbound.lost_wait },
    { key: 'inTalk', what: t('inTalk'), lengths: inbound.talk },
    { key: 'outWait', what: t('outWait'), lengths: outbound.wait },
    { key: 'outTalk', what: t('outTalk'), lengths: outbound.talk },
  ];
  const columns: Col<LengthRow>[] = [
    { key: 'what', title: t('lengthsOf'), of: ({ what }) => what },
    { key: 'calls', title: t('calls'), kind: 'count', of: ({ lengths }) => lengths.calls },
    { key: 'median', title: t('median'), kind: 'seconds', of: ({ lengths }) => lengths.median_seconds },
    { key: 'p90', title: t('p90'), kind: 'seconds', of: ({ lengths }) => lengths.p90_seconds },
    { key: 'average', title: t('average'), kind: 'seconds', of: ({ lengths }) => lengths.average_seconds },
    { key: 'longest', title: t('longest'), kind: 'seconds', of: ({ lengths }) => lengths.longest_seconds },
  ];
  return (
    <TablePanel
      title={t('lengths')}
      how={['wait', 'talk', 'median', 'p90']}
      rows={rows.filter(({ lengths }) => lengths.calls > 0)}
      columns={columns}
      rowKey={({ key }) => key}
      none="–"
    />
  );
}
