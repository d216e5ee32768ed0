// The year behind, one month a bar. The chart library is heavy, so this file is loaded by who shows it.

import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { Select, Stack } from '@mantine/core';
import { useState } from 'react';
import type { Usage } from '@/api/schema.gen';
import { language } from '@/i18n';
import { amount, type Metric, useUsageTexts } from './usageText';

export function UsageYear({ usage, label }: { usage: Usage; label: string }) {
  const t = useUsageTexts();
  const [metric, setMetric] = useState<Metric>('call_minutes');
  const now = Object.fromEntries(usage.current.map((each) => [each.metric, each.used]));
  const months = [...usage.history, { period: usage.period, used: now }]
    .sort((a, b) => a.period.localeCompare(b.period))
    .filter(({ period }, index, all) => all.findIndex((each) => each.period === period) === index);
  const data = months.map(({ period, used }) => ({ month: monthName(period), [metric]: used[metric] ?? 0 }));
  return (
    <Stack>
      <Select
        aria-label={label}
        w={220}
        value={metric}
        onChange={(value) => value !== null && setMetric(value as Metric)}
        data={usage.current.map((each) => ({ value: each.metric, label: t(each.metric) }))}
        allowDeselect={false}
      />
      <BarChart
        h={240}
        data={data}
        dataKey="month"
        series={[{ name: metric, label: t(metric), color: 'var(--mantine-primary-color-filled)' }]}
        valueFormatter={(value) => amount(metric, value)}
        tickLine="none"
        maxBarWidth={36}
      />
    </Stack>
  );
}

/** 2026-11 as Nov 26. */
function monthName(period: string): string {
  const date = new Date(`${period}-15T00:00:00Z`);
  return new Intl.DateTimeFormat(language(), { month: 'short', year: '2-digit', timeZone: 'UTC' }).format(date);
}
