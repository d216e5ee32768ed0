// Hours that do not look like the same hour of the weeks before.

import { Group, Paper, Stack, Text, ThemeIcon } from '@mantine/core';
import {
  type Icon,
  IconArrowDownRight,
  IconArrowUpRight,
  IconCircleCheck,
  IconHourglass,
  IconPhoneX,
  IconWorldExclamation,
} from '@tabler/icons-react';
import { clock, count, decimal, percent } from '@/lib/format';
import { EmptyState } from '@/ui/EmptyState';
import type { BodyProps } from '../body';
import type { Col } from '../columns';
import { CallsLink } from '../components/CallsLink';
import { CopyTable } from '../components/ChartPanel';
import { Panel } from '../components/Panel';
import { Show } from '../components/States';
import { callsOf } from '../drill';
import { dayName, lengthInDays } from '../filters';
import { useInsightTexts } from '../insightText';
import { type AnomaliesReport, type ReportAnomaly, useReport } from '../queries';

const LOOKS: Record<ReportAnomaly['kind'], { icon: Icon; color: string }> = {
  volume_high: { icon: IconArrowUpRight, color: 'blue' },
  volume_low: { icon: IconArrowDownRight, color: 'orange' },
  answer_rate_low: { icon: IconPhoneX, color: 'red' },
  international_after_hours: { icon: IconWorldExclamation, color: 'red' },
};

export function Anomalies({ search }: BodyProps) {
  const report = useReport('anomalies', search);
  return (
    <Show report={report} isEmpty={() => false}>
      {(found) => <Found found={found} />}
    </Show>
  );
}

/** Whether there is anything to compare with: nothing stands out where nothing is known. */
function isBlind({ about: { from, to }, days_without_history }: AnomaliesReport): boolean {
  return days_without_history >= lengthInDays({ from, to });
}

function Found({ found }: { found: AnomaliesReport }) {
  const t = useInsightTexts();
  const blind = isBlind(found);
  const say = useSentence();
  const columns: Col<ReportAnomaly>[] = [
    { key: 'what', title: t('what'), of: ({ kind }) => t(kind) },
    { key: 'starts', title: t('day'), kind: 'moment', of: ({ starts }) => starts },
    { key: 'value', title: t('value'), kind: 'decimal', of: ({ value }) => value },
    { key: 'usual', title: t('usual'), kind: 'decimal', of: ({ usual }) => usual },
    { key: 'score', title: t('howFar'), kind: 'decimal', of: ({ score }) => score },
  ];
  const notes = [
    found.left_out > 0 && t('leftOut', { count: found.left_out }),
    !blind && found.days_without_history > 0 && t('noHistory', { count: found.days_without_history }),
  ].filter((note): note is string => note !== false);
  return (
    <>
      {found.rows.length === 0 ? (
        <Paper>
          <EmptyState icon={blind ? IconHourglass : IconCircleCheck} title={t(blind ? 'tooEarly' : 'nothingOdd')}>
            {t(blind ? 'tooEarlyText' : 'odditiesNone', { weeks: found.weeks })}
          </EmptyState>
        </Paper>
      ) : (
        <Panel
          title={t('oddities')}
          about={t('odditiesAbout', { weeks: found.weeks })}
          how={['anomaly', 'afterHours']}
          actions={<CopyTable title={t('oddities')} rows={found.rows} columns={columns} />}
        >
          <Stack gap="md" role="list">
            {found.rows.map((row) => (
              <One key={`${row.kind} ${row.starts}`} row={row} say={say} />
            ))}
          </Stack>
        </Panel>
      )}
      {notes.map((note) => (
        <Text key={note} size="sm" c="dimmed">
          {note}
        </Text>
      ))}
    </>
  );
}

function One({ row, say }: { row: ReportAnomaly; say: (row: ReportAnomaly) => string }) {
  const t = useInsightTexts();
  const { icon: Glyph, color } = LOOKS[row.kind];
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start" role="listitem">
      <ThemeIcon variant="light" color={color} size={34} radius="xl" aria-hidden>
        <Glyph size={18} stroke={1.7} />
      </ThemeIcon>
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={600}>
          <CallsLink of={`${t(row.kind)}, ${hourOf(row)}`} search={callsOf(row.query)}>
            {t(row.kind)}
          </CallsLink>
        </Text>
        <Text size="sm">{say(row)}</Text>
        <Text size="xs" c="dimmed">
          {hourOf(row)}
        </Text>
      </div>
    </Group>
  );
}

function hourOf({ date, starts, ends }: ReportAnomaly): string {
  return `${dayName(date, { weekday: 'long', day: 'numeric', month: 'short' })}, ${clock(starts)}–${clock(ends)}`;
}

function useSentence(): (row: ReportAnomaly) => string {
  const t = useInsightTexts();
  return ({ kind, value, usual }) => {
    const isShare = kind === 'answer_rate_low';
    const words = (number: number): string =>
      isShare ? percent(number) : Number.isInteger(number) ? count(number) : decimal(number);
    return usual === 0 && !isShare
      ? t('usuallyNone', { value: words(value) })
      : t('usually', { value: words(value), usual: words(usual) });
  };
}
