import { Group, Progress, Stack, Text } from '@mantine/core';
import type { Usage, UsageMetric } from '@/api/schema.gen';
import { amount, useUsageTexts } from './usageText';

/** From which share of a limit on a bar warns, percent. */
const NEAR = 80;

/** This month against the limits of the plan. */
export function UsageBars({ usage }: { usage: Usage }) {
  return (
    <Stack gap="md">
      {usage.current.map((metric) => (
        <Bar
          key={metric.metric}
          metric={metric}
          warnedAt={usage.warnings
            .filter((warning) => warning.metric === metric.metric)
            .reduce((most, { percent }) => Math.max(most, percent), 0)}
        />
      ))}
    </Stack>
  );
}

function Bar({ metric: { metric, used, limit, percent }, warnedAt }: { metric: UsageMetric; warnedAt: number }) {
  const t = useUsageTexts();
  const share = percent ?? 0;
  const isLimited = limit != null;
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={500}>
          {t(metric)}
        </Text>
        <Text size="sm" c={isLimited ? undefined : 'dimmed'}>
          {isLimited
            ? `${t('of', { used: amount(metric, used), limit: amount(metric, limit) })} · ${share} %`
            : amount(metric, used)}
        </Text>
      </Group>
      {isLimited && (
        <Progress
          value={Math.min(share, 100)}
          color={share >= 100 ? 'red' : share >= NEAR ? 'yellow' : undefined}
          aria-label={t(metric)}
        />
      )}
      {(share > 100 || warnedAt > 0) && isLimited && (
        <Text size="xs" c="dimmed">
          {[share > 100 ? t('over') : '', warnedAt > 0 ? t('warned', { percent: warnedAt }) : '']
            .filter(Boolean)
            .join('. ')}
        </Text>
      )}
    </Stack>
  );
}
