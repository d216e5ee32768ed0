// Outcomes as a list with bars, each leading to its calls.

import { Group, Stack, Text } from '@mantine/core';
import { count, percent } from '@/lib/format';
import { callsOf } from '../drill';
import { OUTCOMES, outcomeColor, useOutcomeTexts } from '../outcomes';
import type { ReportCallsQuery, ReportOutcomes } from '../queries';
import { CallsLink } from './CallsLink';

interface OutcomeListProps {
  outcomes: ReportOutcomes;
  /** All of the calls that have them. */
  query: ReportCallsQuery;
}

export function OutcomeList({ outcomes, query }: OutcomeListProps) {
  const t = useOutcomeTexts();
  const total = OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], 0);
  return (
    <Stack gap="xs">
      {OUTCOMES.filter((outcome) => outcomes[outcome] > 0).map((outcome) => {
        const share = outcomes[outcome] / total;
        return (
          <div key={outcome}>
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Text size="sm" truncate component="div">
                <CallsLink of={t(outcome)} search={callsOf(query, { outcome })}>
                  {t(outcome)}
                </CallsLink>
              </Text>
              <Text size="sm" style={{ flex: 'none' }}>
                <Text span inherit fw={600}>
                  {count(outcomes[outcome])}
                </Text>{' '}
                <Text span inherit c="dimmed">
                  {percent(share)}
                </Text>
              </Text>
            </Group>
            <div className="bar-track" aria-hidden>
              <div style={{ width: `${share * 100}%`, background: outcomeColor(outcome) }} />
            </div>
          </div>
        );
      })}
    </Stack>
  );
}
