// Work that failed for good, and all other work by its state.

import { Button, Group, SegmentedControl, Select, Stack } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconCircleCheck, IconFilterOff, IconRotateClockwise } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { Confirm } from '@/ui/confirm';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { RowList } from '@/ui/RowList';
import { toastDone } from '@/ui/toast';
import { JobDrawer } from '../components/JobDrawer';
import { CompactJob, jobColumns } from '../components/jobColumns';
import { JOB_STATES, type JobSearch, jobState } from '../filters';
import { useJobTexts } from '../jobsText';
import { jobCountsQuery, requeueAll, useJobs } from '../queries';

const route = getRouteApi('/workspace/developers/jobs');

export function JobsPage() {
  const t = useJobTexts();
  const search = route.useSearch();
  const navigate = useNavigate();
  const jobs = useJobs(search);
  const go = (change: JobSearch): void => {
    void navigate({ to: '/developers/jobs', search: { ...search, ...change }, replace: true });
  };
  return (
    <Page title={t('title')} about={t('about')} isFull actions={<RequeueAll kind={search.kind} />}>
      <Stack h="100%" gap="sm">
        <Narrowing search={search} onChange={go} />
        <div style={{ flex: 1, minHeight: 280 }}>
          <RowList
            label={t('title')}
            rows={jobs}
            columns={jobColumns(t, search)}
            rowKey={(job) => job.id}
            onOpen={(job) => go({ open: job.id })}
            currentKey={search.open}
            compact={(job) => <CompactJob job={job} search={search} />}
            empty={<Nothing search={search} onClear={() => go({ kind: undefined })} />}
          />
        </div>
      </Stack>
      <JobDrawer id={search.open} onClose={() => go({ open: undefined })} />
    </Page>
  );
}

function Narrowing({ search, onChange }: { search: JobSearch; onChange: (change: JobSearch) => void }) {
  const t = useJobTexts();
  const isPhone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const { data: counts } = useQuery(jobCountsQuery);
  const countOf = (state: string): number =>
    (counts?.data ?? [])
      .filter((each) => each.state === state && (search.kind === undefined || each.kind === search.kind))
      .reduce((sum, each) => sum + each.count, 0);
  const kinds = new Set(counts?.data.map(({ kind }) => kind));
  if (search.kind !== undefined) {
    kinds.add(search.kind);
  }
  const state = jobState(search);
  const label = (each: (typeof JOB_STATES)[number]) => {
    const count = countOf(each);
    return count > 0 ? `${t(each)} ${count}` : t(each);
  };
  return (
    <Group gap="xs">
      {isPhone ? (
        <Select
          aria-label={t('state')}
          data={JOB_STATES.map((value) => ({ value, label: label(value) }))}
          value={state}
          allowDeselect={false}
          onChange={(value) => onChange({ state: value ?? undefined, open: undefined })}
          w={150}
        />
      ) : (
        <SegmentedControl
          aria-label={t('state')}
          data={JOB_STATES.map((value) => ({ value, label: label(value) }))}
          value={state}
          onChange={(value) => onChange({ state: value, open: undefined })}
        />
      )}
      <Select
        aria-label={t('kind')}
        placeholder={t('anyKind')}
        data={[...kinds].sort()}
        value={search.kind ?? null}
        onChange={(kind) => onChange({ kind: kind ?? undefined, open: undefined })}
        clearable
        w={180}
      />
    </Group>
  );
}

function RequeueAll({ kind }: { kind: string | undefined }) {
  const t = useJobTexts();
  const mayWrite = useMay('jobs.write');
  const { data: counts } = useQuery(jobCountsQuery);
  const [isAsking, { open, close }] = useDisclosure(false);
  const dead = (counts?.data ?? [])
    .filter((each) => each.state === 'dead' && (kind === undefined || each.kind === kind))
    .reduce((sum, each) => sum + each.count, 0);
  const requeue = async (): Promise<void> => {
    const count = await requeueAll(kind);
    toastDone(t('requeuedAll', { count }));
  };
  if (!mayWrite || dead === 0) {
    return null;
  }
  return (
    <>
      <Button variant="default" leftSection={<IconRotateClockwise size={16} />} onClick={open}>
        {t('requeueAll', { count: dead })}
      </Button>
      <Confirm title={t('requeueAllTitle')} deed={t('requeue')} isOpen={isAsking} onClose={close} onConfirm={requeue}>
        {t('requeueAllText')} {kind !== undefined && t('requeueAllKind', { kind })}
      </Confirm>
    </>
  );
}

function Nothing({ search, onClear }: { search: JobSearch; onClear: () => void }) {
  const t = useJobTexts();
  if (jobState(search) === 'dead' && search.kind === undefined) {
    return (
      <EmptyState icon={IconCircleCheck} title={t('noneDeadTitle')}>
        {t('noneDeadText')}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconFilterOff}
      title={t('noneTitle')}
      action={
        search.kind !== undefined && (
          <Button variant="light" onClick={onClear}>
            {t('showAll')}
          </Button>
        )
      }
    >
      {t('noneText')}
    </EmptyState>
  );
}
