// How long calls and waits last, as histograms.

import { SimpleGrid } from '@mantine/core';
import { count, length } from '@/lib/format';
import type { BodyProps } from '../body';
import { useBodyTexts } from '../bodyText';
import { StackedBars } from '../charts/lazy';
import type { Col } from '../columns';
import { ChartPanel } from '../components/ChartPanel';
import { Show } from '../components/States';
import type { How } from '../howText';
import { spanName } from '../labels';
import { type ReportHistogram, useReport } from '../queries';

type Bar = ReportHistogram['bars'][number];

export function Durations({ search }: BodyProps) {
  const t = useBodyTexts();
  const report = useReport('durations', search);
  return (
    <Show
      report={report}
      isEmpty={({ talk, wait, lost_wait, ring }) =>
        [talk, wait, lost_wait, ring].every(({ distribution }) => distribution.calls === 0)
      }
    >
      {({ talk, wait, lost_wait, ring }) => (
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          <Histogram title={t('talkLengths')} how="talk" of={talk} color="var(--outcome-answered)" />
          <Histogram title={t('waitLengths')} how="wait" of={wait} color="var(--chart-main)" />
          <Histogram title={t('lostLengths')} how="wait" of={lost_wait} color="var(--outcome-missed)" />
          <Histogram title={t('ringLengths')} how="histogram" of={ring} color="var(--chart-second)" />
        </SimpleGrid>
      )}
    </Show>
  );
}

interface HistogramProps {
  title: string;
  how: How;
  of: ReportHistogram;
  color: string;
}

function Histogram({ title, how, of: { distribution, bars: all }, color }: HistogramProps) {
  const t = useBodyTexts();
  // Behind the longest one there is nothing to see.
  const bars = all.slice(0, all.findLastIndex(({ calls }) => calls > 0) + 1);
  if (distribution.calls === 0) {
    return null;
  }
  const time = (seconds: number | null | undefined): string => (seconds == null ? '–' : length(seconds));
  const words = {
    median: time(distribution.median_seconds),
    p90: time(distribution.p90_seconds),
    longest: time(distribution.longest_seconds),
  };
  const label = ({ from_seconds, before_seconds }: Bar): string => spanName(from_seconds, before_seconds);
  const columns: Col<Bar>[] = [
    { key: 'span', title: t('span'), of: label },
    { key: 'calls', title: t('calls'), kind: 'count', of: ({ calls }) => calls },
  ];
  return (
    <ChartPanel
      title={title}
      about={t('lengthsAbout', { ...words, count: count(distribution.calls) })}
      how={how === 'histogram' ? [how] : [how, 'histogram', 'median', 'p90']}
      summary={t('lengthsAlt', words)}
      rows={bars}
      columns={columns}
      rowKey={({ from_seconds }) => String(from_seconds)}
      height={220}
    >
      <StackedBars
        height={220}
        data={bars.map((bar) => ({ label: label(bar), calls: bar.calls }))}
        series={[{ name: 'calls', label: t('calls'), color }]}
      />
    </ChartPanel>
  );
}
