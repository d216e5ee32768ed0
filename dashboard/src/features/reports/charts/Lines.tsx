// Lines over time: a median with what most stay below as a band, or several lines beside each other.

import '@mantine/charts/styles.css';
import { ChartTooltip, CompositeChart } from '@mantine/charts';
import { count } from '@/lib/format';
import { Legend } from './Legend';

export interface Line {
  name: string;
  label: string;
  color: string;
  /** A line of dashes reads as "the other one" without a colour. */
  isDashed?: boolean;
  /** The surface below it is filled, down to the line of this name where there is one. */
  isBand?: boolean;
  isBar?: boolean;
}

export interface LinesProps {
  data: Record<string, string | number | null>[];
  lines: Line[];
  height?: number;
  format?: (value: number) => string;
  /** A shorter form beside the axis. */
  axisFormat?: (value: number) => string;
  /** A level to compare with, such as a target. */
  level?: { value: number; label: string };
  /** Shares of 1. The axis ends at 100%, or at the next tenth above where all of them are less than half. */
  isShare?: boolean;
}

export function Lines(props: LinesProps) {
  const { data, lines, height = 260, format = count, axisFormat = format, level, isShare = false } = props;
  const top = level === undefined ? 'auto' : (most: number) => Math.ceil(Math.max(most, level.value) * 1.1);
  return (
    <>
      <CompositeChart
        h={height}
        data={data}
        dataKey="label"
        series={lines.map(({ name, label, color, isDashed, isBand, isBar }) => ({
          name,
          label,
          color,
          type: isBand ? ('area' as const) : isBar ? ('bar' as const) : ('line' as const),
          strokeDasharray: isDashed ? '5 4' : undefined,
        }))}
        valueFormatter={format}
        withDots={data.length <= 2}
        curveType="linear"
        connectNulls={false}
        tickLine="none"
        gridAxis="x"
        maxBarWidth={44}
        xAxisProps={{ minTickGap: 12 }}
        yAxisProps={{
          width: 50,
          domain: [0, isShare ? shareTop : top],
          allowDecimals: isShare,
          tickFormatter: axisFormat,
        }}
        referenceLines={
          level === undefined
            ? undefined
            : [{ y: level.value, label: level.label, color: 'var(--chart-second)', labelPosition: 'insideTopLeft' }]
        }
        composedChartProps={{ accessibilityLayer: false }}
        areaProps={{ isAnimationActive: false, strokeWidth: 1, fillOpacity: 0.55 }}
        lineProps={{ isAnimationActive: false }}
        barProps={{ isAnimationActive: false, radius: 2 }}
        tooltipProps={{
          content: ({ label, payload }) => (
            <ChartTooltip
              label={label}
              payload={payload}
              series={lines}
              valueFormatter={(value) => (value == null ? '–' : format(value))}
            />
          ),
        }}
      />
      {lines.length > 1 && <Legend items={lines} />}
    </>
  );
}

/** The end of an axis of shares: small ones would lie flat on the ground of one that reaches to 100%. */
function shareTop(most: number): number {
  return most > 0.5 ? 1 : Math.max(0.1, Math.ceil(most * 10) / 10);
}
