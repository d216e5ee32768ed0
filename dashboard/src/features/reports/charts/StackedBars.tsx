// Bars made of parts. Loaded with the library of charts, by `lazy.tsx`.

import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { count } from '@/lib/format';
import { Legend } from './Legend';

export interface Series {
  name: string;
  label: string;
  color: string;
}

export interface StackedBarsProps {
  /** What stands below a bar is its `label`; the parts are under the names of the series. */
  data: Record<string, string | number>[];
  series: Series[];
  height?: number;
  /** Another way to read the height of a bar than as a count. */
  format?: (value: number) => string;
  /** Somebody points at a bar and presses. */
  onPick?: (index: number) => void;
  isPercent?: boolean;
}

export function StackedBars({
  data,
  series,
  height = 260,
  format = count,
  onPick,
  isPercent = false,
}: StackedBarsProps) {
  return (
    <>
      <BarChart
        h={height}
        data={data}
        dataKey="label"
        type={isPercent ? 'percent' : 'stacked'}
        series={series}
        valueFormatter={format}
        tickLine="none"
        gridAxis="x"
        maxBarWidth={44}
        xAxisProps={{ minTickGap: 12 }}
        yAxisProps={{ allowDecimals: false, width: 46 }}
        barChartProps={{
          onClick: (state) => {
            const index = Number(state.activeTooltipIndex);
            if (Number.isInteger(index)) {
              onPick?.(index);
            }
          },
        }}
        // A hair between the parts, for who tells colours apart badly.
        barProps={{ isAnimationActive: false, stroke: 'var(--mantine-color-body)', strokeWidth: 1, strokeOpacity: 1 }}
        style={onPick === undefined ? undefined : { cursor: 'pointer' }}
      />
      {series.length > 1 && <Legend items={series} />}
    </>
  );
}
