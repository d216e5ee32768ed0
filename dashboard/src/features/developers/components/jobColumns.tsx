// What a line of the list of jobs shows, on a wide screen and on a phone.

import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Column } from '@/ui/RowList';
import { When } from '@/ui/Times';
import type { JobSearch } from '../filters';
import type { jobText } from '../jobsText';
import type { Job } from '../queries';
import { JobState } from './JobState';

function KindLink({ job, search }: { job: Job; search: JobSearch }) {
  return (
    <Anchor
      size="sm"
      c="inherit"
      ff="monospace"
      fw={550}
      truncate
      title={job.kind}
      renderRoot={(props) => <Link to="/developers/jobs" search={{ ...search, open: job.id }} {...props} />}
    >
      {job.kind}
    </Anchor>
  );
}

export function jobColumns(t: typeof jobText, search: JobSearch): Column<Job>[] {
  return [
    { key: 'kind', header: t('kind'), width: 'minmax(0, 1fr)', cell: (job) => <KindLink job={job} search={search} /> },
    { key: 'state', header: t('state'), width: '110px', cell: (job) => <JobState state={job.state} /> },
    {
      key: 'error',
      header: t('error'),
      width: 'minmax(0, 2.4fr)',
      cell: (job) => <span title={job.last_error ?? undefined}>{job.last_error ?? '–'}</span>,
    },
    {
      key: 'attempts',
      header: t('attempts'),
      width: '84px',
      from: 'md',
      align: 'right',
      cell: (job) => `${job.attempts} / ${job.max_attempts}`,
    },
    {
      key: 'updated',
      header: t('updated'),
      width: '116px',
      align: 'right',
      cell: (job) => <When at={job.updated_at} />,
    },
  ];
}

export function CompactJob({ job, search }: { job: Job; search: JobSearch }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <KindLink job={job} search={search} />
        <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
          <When at={job.updated_at} />
        </Text>
      </Group>
      <Group wrap="nowrap" gap="xs">
        <JobState state={job.state} />
        <Text size="xs" c="dimmed" truncate>
          {job.last_error}
        </Text>
      </Group>
    </Stack>
  );
}
