// Calls by the hour: today as bars, a week ago as a line. Loaded by itself, because the charts are larger than the page.

import '@mantine/charts/styles.css';
import { CompositeChart } from '@mantine/charts';
import type { Overview } from '../queries';
import { useOverviewTexts } from '../text';

export function HourChart({ hours }: { hours: Overview['hours'] }) {
  const t = useOverviewTexts();
  const rows = hours.map(({ hour, today, last_week }) => ({
    hour: String(hour).padStart(2, '0'),
    today: today ?? undefined,
    weekAgo: last_week,
  }));
  return (
    <CompositeChart
      h={220}
      data={rows}
      dataKey="hour"
      withLegend
      withDots={false}
      curveType="linear"
      composedChartProps={{ accessibilityLayer: false }}
      tickLine="none"
      gridAxis="x"
      maxBarWidth={18}
      xAxisProps={{ interval: 2 }}
      yAxisProps={{ allowDecimals: false, width: 34 }}
      tooltipAnimationDuration={0}
      series={[
        { name: 'today', label: t('today'), color: 'ink.6', type: 'bar' },
        { name: 'weekAgo', label: t('weekAgo'), color: 'gray.5', type: 'line', strokeDasharray: '4 3' },
      ]}
      barProps={{ isAnimationActive: false, radius: 2 }}
      lineProps={{ isAnimationActive: false }}
    />
  );
}
