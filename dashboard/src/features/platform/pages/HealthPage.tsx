import { Card, ScrollArea, SimpleGrid, Table, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { clockWithSeconds, count, spell } from '@/lib/format';
import { Page } from '@/ui/Page';
import { Section } from '@/ui/Section';
import { healthQuery } from '../queries';
import { usePlatformTexts } from '../text';

export function HealthPage() {
  const t = usePlatformTexts();
  const health = useSuspenseQuery(healthQuery).data;
  const { tenants, events_waiting, events_late_seconds, work_late_seconds } = health;
  return (
    <Page title={t('health')} about={t('healthAbout', { time: clockWithSeconds(health.at) })}>
      <SimpleGrid cols={{ base: 1, sm: 3 }} maw={860}>
        <Figure
          label={t('waiting')}
          value={count(events_waiting)}
          below={events_late_seconds > 0 ? t('behind', { time: spell(events_late_seconds) }) : t('upToDate')}
          isLate={events_late_seconds >= LATE}
        />
        <Figure
          label={t('jobsLate')}
          value={spell(work_late_seconds)}
          below={work_late_seconds > 0 ? '' : t('onTime')}
          isLate={work_late_seconds >= LATE}
        />
        <Figure
          label={t('tenantsActive')}
          value={count(tenants.active ?? 0)}
          below={t('notActive', { suspended: count(tenants.suspended ?? 0), deleted: count(tenants.deleted ?? 0) })}
        />
      </SimpleGrid>
      <Section title={t('work')} about={t('workAbout')}>
        <Work work={health.work} />
      </Section>
    </Page>
  );
}

/** From when on a queue is behind rather than busy, seconds. */
const LATE = 60;

function Figure(props: { label: string; value: string; below: string; isLate?: boolean }) {
  return (
    <Card withBorder padding="md">
      <Text size="sm" c="dimmed">
        {props.label}
      </Text>
      <Text fz="1.75rem" fw={620} c={props.isLate ? 'red' : undefined}>
        {props.value}
      </Text>
      <Text size="sm" c="dimmed" mih="1.4em">
        {props.below}
      </Text>
    </Card>
  );
}

/** The API has it by state and kind; people look for a kind. */
function Work({ work }: { work: Record<string, Record<string, number>> }) {
  const t = usePlatformTexts();
  const states = Object.keys(work).sort();
  const kinds = [...new Set(states.flatMap((state) => Object.keys(work[state] ?? {})))].sort();
  if (kinds.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('noWork')}
      </Text>
    );
  }
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, 'aria-label': t('work') }}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('kind')}</Table.Th>
            {states.map((state) => (
              <Table.Th key={state} ta="right">
                {state}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {kinds.map((kind) => (
            <Table.Tr key={kind}>
              <Table.Th scope="row" fw={400} ff="monospace" fz="sm">
                {kind}
              </Table.Th>
              {states.map((state) => (
                <Table.Td key={state} ta="right" c={state === 'dead' && work[state]?.[kind] ? 'red' : undefined}>
                  {count(work[state]?.[kind] ?? 0)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
