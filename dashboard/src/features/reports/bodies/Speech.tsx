// What is talked about, and in what mood, of calls that have a transcript.

import { Grid, Text } from '@mantine/core';
import { IconMessageOff } from '@tabler/icons-react';
import { count, percent } from '@/lib/format';
import { EmptyState } from '@/ui/EmptyState';
import { StatTile } from '@/ui/StatTile';
import type { BodyProps } from '../body';
import { StackedBars } from '../charts/lazy';
import type { Col } from '../columns';
import { Bar, Parts } from '../components/Bar';
import { ChartPanel } from '../components/ChartPanel';
import { Show } from '../components/States';
import { TablePanel } from '../components/TablePanel';
import { Tiles } from '../components/Tiles';
import { callsOf } from '../drill';
import { useHowTexts } from '../howText';
import { useInsightTexts } from '../insightText';
import { stepName } from '../labels';
import { type SpeechReport, useReport } from '../queries';
import { useReportTexts } from '../text';

const MOODS = [
  { key: 'positive', color: 'var(--outcome-answered)' },
  { key: 'neutral', color: 'var(--outcome-no-answer)' },
  { key: 'negative', color: 'var(--outcome-missed)' },
] as const;

export function Speech({ search }: BodyProps) {
  const t = useInsightTexts();
  const report = useReport('speech', search);
  return (
    <Show report={report} isEmpty={() => false}>
      {(speech) =>
        speech.transcribed === 0 ? (
          <EmptyState icon={IconMessageOff} title={t('none')}>
            {t('noneText')}
          </EmptyState>
        ) : (
          <>
            <Numbers speech={speech} />
            {speech.rated > 0 && <Moods speech={speech} />}
            <Grid gap="md">
              <Grid.Col span={{ base: 12, lg: 6 }}>
                <Keywords rows={speech.keywords} />
              </Grid.Col>
              <Grid.Col span={{ base: 12, lg: 6 }}>
                <Agents rows={speech.agents} />
              </Grid.Col>
            </Grid>
          </>
        )
      }
    </Show>
  );
}

/** From -100 to 100, with a sign. */
function mood(average: number | null | undefined): string {
  if (average == null) {
    return '–';
  }
  const value = Math.round(average);
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0';
}

/** From 0 to 100. */
function rounded(score: number | null | undefined): number | null {
  return score == null ? null : Math.round(score);
}

function Numbers({ speech: { transcribed, rated, sentiment, scored, average_score } }: { speech: SpeechReport }) {
  const t = useInsightTexts();
  const how = useHowTexts();
  const share = (some: number): string => (rated === 0 ? '–' : percent(some / rated));
  return (
    <Tiles>
      <StatTile
        label={t('transcribed')}
        hint={how('calls')}
        value={count(transcribed)}
        detail={`${t('rated')}: ${count(rated)}`}
      />
      <StatTile
        label={t('sentiment')}
        hint={how('sentiment')}
        value={mood(sentiment.average)}
        detail={t('sentimentHint')}
      />
      <StatTile
        label={t('negative')}
        hint={how('sentiment')}
        value={share(sentiment.negative)}
        detail={`${t('positive')}: ${share(sentiment.positive)}`}
      />
      <StatTile
        label={t('score')}
        hint={how('score')}
        value={rounded(average_score) ?? '–'}
        detail={scored === 0 ? undefined : t('scoredCalls', { count: scored })}
      />
    </Tiles>
  );
}

type Day = SpeechReport['days'][number];

function Moods({ speech: { days } }: { speech: SpeechReport }) {
  const t = useInsightTexts();
  const dayOf = ({ date }: Day): string => stepName('day', date, null);
  const columns: Col<Day>[] = [
    { key: 'day', title: t('day'), of: dayOf },
    { key: 'transcribed', title: t('transcribed'), kind: 'count', of: ({ transcribed }) => transcribed },
    ...MOODS.map(({ key }): Col<Day> => ({ key, title: t(key), kind: 'count', of: ({ sentiment }) => sentiment[key] })),
    { key: 'average', title: t('sentiment'), of: ({ sentiment }) => mood(sentiment.average) },
    { key: 'keywords', title: t('keywords'), kind: 'count', of: ({ keyword_calls }) => keyword_calls },
  ];
  return (
    <ChartPanel
      title={t('moodOverTime')}
      about={t('estimate')}
      how={['sentiment']}
      summary={t('moodAlt')}
      rows={days}
      columns={columns}
      rowKey={({ date }) => date}
      calls={({ query }) => callsOf(query)}
    >
      <StackedBars
        data={days.map((day) => ({
          label: dayOf(day),
          positive: day.sentiment.positive,
          neutral: day.sentiment.neutral,
          negative: day.sentiment.negative,
        }))}
        series={MOODS.map(({ key, color }) => ({ name: key, label: t(key), color }))}
      />
    </ChartPanel>
  );
}

type Keyword = SpeechReport['keywords'][number];

function Keywords({ rows }: { rows: Keyword[] }) {
  const t = useInsightTexts();
  const most = Math.max(1, ...rows.map(({ calls }) => calls));
  const columns: Col<Keyword>[] = [
    { key: 'keyword', title: t('keyword'), of: ({ keyword }) => keyword },
    {
      key: 'calls',
      title: t('calls'),
      kind: 'count',
      of: ({ calls }) => calls,
      show: ({ calls }) => <Bar share={calls / most}>{count(calls)}</Bar>,
    },
    { key: 'hits', title: t('hits'), kind: 'count', of: ({ hits }) => hits },
    { key: 'list', title: t('list'), of: ({ list }) => list },
  ];
  return (
    <TablePanel
      title={t('keywords')}
      how={['keyword']}
      rows={rows}
      columns={columns}
      rowKey={({ list, keyword }) => `${list} ${keyword}`}
      none={t('keywordsNone')}
    />
  );
}

type Agent = SpeechReport['agents'][number];

function Agents({ rows }: { rows: Agent[] }) {
  const t = useInsightTexts();
  const word = useReportTexts();
  const columns: Col<Agent>[] = [
    { key: 'agent', title: t('agent'), of: ({ name, agent_id }) => name ?? agent_id },
    {
      key: 'mood',
      title: t('sentiment'),
      kind: 'decimal',
      of: ({ sentiment }) => sentiment.average,
      show: ({ sentiment }) => (
        <>
          <Text span inherit>
            {mood(sentiment.average)}
          </Text>
          <Parts parts={MOODS.map(({ key, color }) => ({ key, color, value: sentiment[key], label: t(key) }))} />
        </>
      ),
    },
    {
      key: 'rated',
      title: t('rated'),
      kind: 'count',
      of: ({ sentiment }) => sentiment.positive + sentiment.neutral + sentiment.negative,
    },
    { key: 'score', title: t('score'), kind: 'count', of: ({ average_score }) => rounded(average_score) },
  ];
  return (
    <TablePanel
      title={t('agents')}
      how={['sentiment', 'score']}
      rows={rows}
      columns={columns}
      rowKey={({ agent_id }) => agent_id}
      calls={({ query }) => callsOf(query)}
      none={word('nobody')}
    />
  );
}
