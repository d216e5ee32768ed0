// A report that is being read, that could not be read, or that has nothing to show.

import { Alert, Button, Group, Paper, Skeleton, Stack } from '@mantine/core';
import { IconChartBarOff, IconHourglass } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/Failure';
import { NARROWS } from '../names';
import { useReportSearch } from '../search';
import { useReportTexts } from '../text';

interface ReportOf<T> {
  data: T | undefined;
  error: unknown;
  isPlaceholderData: boolean;
  refetch: () => unknown;
}

/** What every report says of itself. */
interface About {
  about: { is_current: boolean; waiting_hours: number };
}

interface ShowProps<T> {
  report: ReportOf<T>;
  isEmpty: (report: T) => boolean;
  children: (report: T) => ReactNode;
}

/** What was read before stays, a little paler, until the new numbers are there. */
export function Show<T extends About>({ report, isEmpty, children }: ShowProps<T>) {
  if (report.data === undefined) {
    return report.error == null ? <Waiting /> : <Failure error={report.error} onRetry={() => void report.refetch()} />;
  }
  if (isEmpty(report.data)) {
    return <Nothing />;
  }
  return (
    <Stack
      gap="md"
      aria-busy={report.isPlaceholderData || undefined}
      style={{ opacity: report.isPlaceholderData ? 0.6 : 1, transition: 'opacity 120ms' }}
    >
      {!report.data.about.is_current && <Behind hours={report.data.about.waiting_hours} />}
      {children(report.data)}
    </Stack>
  );
}

/** After an import, or a change of the time zone, counting takes a while; nobody is to take half a number for a whole one. */
function Behind({ hours }: { hours: number }) {
  const t = useReportTexts();
  return (
    <Alert variant="light" color="blue" p="xs" icon={<IconHourglass size={18} />} role="status">
      {t('behind', { count: hours })}
    </Alert>
  );
}

export function Waiting() {
  return (
    <Stack gap="md" aria-busy="true">
      <Group grow gap="md">
        <Skeleton h={110} />
        <Skeleton h={110} />
        <Skeleton h={110} visibleFrom="sm" />
        <Skeleton h={110} visibleFrom="sm" />
      </Group>
      <Skeleton h={330} />
      <Skeleton h={220} />
    </Stack>
  );
}

/** Also of what a report is about in particular, such as queues where no call went through one. */
export function Nothing({ about }: { about?: string }) {
  const t = useReportTexts();
  const search = useReportSearch();
  const navigate = useNavigate();
  const mayConnect = useMay('connections.write');
  const isNarrow = NARROWS.some((name) => search[name] !== undefined);
  const isLong = search.range === 'year';
  const go = (next: Record<string, string>): void => void navigate({ to: '.', search: next as never });
  return (
    <Paper>
      <EmptyState
        icon={IconChartBarOff}
        title={about === undefined ? t('emptyTitle') : t('nothingTitle')}
        action={
          <Group gap="xs" justify="center">
            {isNarrow && (
              <Button variant="light" onClick={() => go(search.range === undefined ? {} : { range: search.range })}>
                {t('clear')}
              </Button>
            )}
            {!isLong && (
              <Button variant="light" onClick={() => go({ range: 'year' })}>
                {t('longer')}
              </Button>
            )}
            {mayConnect && !isNarrow && (
              <Button variant="default" renderRoot={(props) => <Link to="/connections" {...props} />}>
                {t('connect')}
              </Button>
            )}
          </Group>
        }
      >
        {about ?? (isNarrow ? t('emptyText') : t('emptyFresh'))}
      </EmptyState>
    </Paper>
  );
}
