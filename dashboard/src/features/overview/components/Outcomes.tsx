// What came of the day's calls, as bars beside their words.

import { Group, Progress, Stack, Text } from '@mantine/core';
import { count, percent } from '@/lib/format';
import type { Overview, OverviewDay } from '../queries';
import { useOverviewTexts } from '../text';
import { Section } from './Section';

type Outcome = OverviewDay['outcomes'][number]['outcome'];

const COLORS = {
  answered: 'teal',
  voicemail: 'violet',
  missed: 'red',
  abandoned: 'orange',
  no_answer: 'gray',
  rejected: 'gray',
  busy: 'yellow',
  failed: 'red',
  congestion: 'orange',
} as const;
const ORDER = Object.keys(COLORS) as (keyof typeof COLORS)[];

const of = (day: OverviewDay, outcome: Outcome): number =>
  day.outcomes.find((each) => each.outcome === outcome)?.calls ?? 0;

export function Outcomes({ overview }: { overview: Overview }) {
  const t = useOverviewTexts();
  const { today, last_week: before } = overview;
  const total = today.outcomes.reduce((sum, { calls }) => sum + calls, 0);
  const shown = ORDER.filter((outcome) => of(today, outcome) > 0 || of(before, outcome) > 0);
  return (
    <Section title={t('outcomes')} to="/calls">
      {shown.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('outcomesNone')}
        </Text>
      )}
      <Stack gap="xs">
        {shown.map((outcome) => {
          const calls = of(today, outcome);
          const share = total === 0 ? 0 : calls / total;
          return (
            <div key={outcome}>
              <Group justify="space-between" wrap="nowrap" gap="xs">
                <Text size="sm" truncate>
                  {t(outcome)}
                </Text>
                <Text size="sm" style={{ flex: 'none' }}>
                  <Text span inherit fw={600}>
                    {count(calls)}
                  </Text>{' '}
                  <Text span inherit c="dimmed" title={t('lastWeek', { value: count(of(before, outcome)) })}>
                    {percent(share)}
                  </Text>
                </Text>
              </Group>
              <Progress
                value={share * 100}
                color={COLORS[outcome]}
                size="sm"
                aria-label={`${t(outcome)}: ${count(calls)}`}
              />
            </div>
          );
        })}
      </Stack>
    </Section>
  );
}
