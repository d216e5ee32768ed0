// One job beside the list: why it failed, what it was about, and what can be done with it.

import { Alert, Anchor, Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconArchive, IconRotateClockwise } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { ago, fullTime } from '@/lib/format';
import { useMay } from '@/session/me';
import { CopyIcon } from '@/ui/Copy';
import { JsonTree } from '@/ui/code/JsonTree';
import { isBranch } from '@/ui/code/json';
import { Failure } from '@/ui/Failure';
import { toastDone, toastFailed } from '@/ui/toast';
import { useJobTexts } from '../jobsText';
import { discardJob, type Job, jobQuery, requeueJob } from '../queries';
import { Facts } from './Facts';
import { JobState } from './JobState';

export function JobDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const t = useJobTexts();
  const words = useCommon();
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={t('job')}
      closeButtonProps={{ 'aria-label': words('close') }}
    >
      {id !== undefined && <Contents key={id} id={id} />}
    </Drawer>
  );
}

/** How often a job that moves is asked for, ms. */
const EVERY = 2_000;

function Contents({ id }: { id: string }) {
  const { data: job, error } = useQuery({
    ...jobQuery(id),
    refetchInterval: ({ state }) => (state.data?.state === 'ready' || state.data?.state === 'running' ? EVERY : false),
  });
  if (job === undefined) {
    return error ? <Failure error={error} /> : null;
  }
  return <JobDetail job={job} />;
}

function JobDetail({ job }: { job: Job }) {
  const t = useJobTexts();
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Group gap="xs">
            <Text ff="monospace" fw={600}>
              {job.kind}
            </Text>
            <JobState state={job.state} />
          </Group>
          <Group gap={2} wrap="nowrap">
            <Text size="xs" c="dimmed" ff="monospace" truncate>
              {job.id}
            </Text>
            <CopyIcon value={job.id} />
          </Group>
        </div>
        <Deeds job={job} />
      </Group>
      {job.last_error != null && (
        <Alert color={job.state === 'dead' ? 'red' : 'yellow'} icon={<IconAlertTriangle size={18} />}>
          {job.last_error}
        </Alert>
      )}
      <Facts
        rows={[
          [t('attempts'), `${job.attempts} / ${job.max_attempts}`],
          [t('due'), `${fullTime(job.run_at)} (${ago(job.run_at)})`],
          [t('added'), fullTime(job.created_at)],
          [t('updated'), fullTime(job.updated_at)],
        ]}
      />
      {job.event_id != null && (
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link to="/developers/events" search={{ open: job.event_id ?? undefined }} {...props} />
          )}
        >
          {t('showEvent')}
        </Anchor>
      )}
      {isBranch(job.progress) && (
        <Stack gap="xs">
          <Title order={3}>{t('progress')}</Title>
          <JsonTree label={t('progress')} value={job.progress} />
        </Stack>
      )}
      {isBranch(job.payload) && (
        <Stack gap="xs">
          <Title order={3}>{t('payload')}</Title>
          <JsonTree label={t('payload')} value={job.payload} />
        </Stack>
      )}
    </Stack>
  );
}

/** What can be done with a job that is dead. */
function Deeds({ job }: { job: Job }) {
  const t = useJobTexts();
  const mayWrite = useMay('jobs.write');
  const [isBusy, setBusy] = useState(false);
  const act = async (deed: () => Promise<void>, words: string): Promise<void> => {
    setBusy(true);
    try {
      await deed();
      toastDone(words);
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  };
  if (!mayWrite || (job.state !== 'dead' && job.state !== 'discarded')) {
    return null;
  }
  return (
    <Group gap="xs">
      {job.state === 'dead' && (
        <Button
          variant="default"
          disabled={isBusy}
          leftSection={<IconArchive size={16} />}
          onClick={() => void act(() => discardJob(job.id), t('discardedDone'))}
        >
          {t('discard')}
        </Button>
      )}
      <Button
        loading={isBusy}
        leftSection={<IconRotateClockwise size={16} />}
        onClick={() => void act(() => requeueJob(job.id), t('requeued'))}
      >
        {t('requeue')}
      </Button>
    </Group>
  );
}
