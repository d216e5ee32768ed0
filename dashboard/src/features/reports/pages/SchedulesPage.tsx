// Reports that go out by e-mail by themselves.

import { Anchor, Button, Paper, Skeleton, Stack } from '@mantine/core';
import { IconArrowLeft, IconMailForward, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { Failure } from '@/ui/Failure';
import { Page } from '@/ui/Page';
import { type Draft, ScheduleDialog } from '../components/ScheduleDialog';
import { ScheduleLine } from '../components/ScheduleLine';
import { isKind, type Kind } from '../kinds';
import { NARROWS, type ReportSearch } from '../names';
import { useOptions } from '../options';
import { useOutcomeTexts } from '../outcomes';
import { type ReportSchedule, schedulesQuery } from '../schedules';
import { useScheduleTexts } from '../scheduleText';
import { useReportTexts } from '../text';

const route = getRouteApi('/workspace/reports/schedules');

type Open = { schedule?: ReportSchedule } | undefined;

export function SchedulesPage() {
  const t = useScheduleTexts();
  const word = useReportTexts();
  const { report, ...search } = route.useSearch();
  const navigate = useNavigate();
  const mayChange = useMay('records.export');
  const wished: Kind | undefined = report !== undefined && isKind(report) ? report : undefined;
  const [open, setOpen] = useState<Open>(wished !== undefined && mayChange ? {} : undefined);
  const inWords = useFilterWords(search);
  const close = (): void => {
    setOpen(undefined);
    // The wish is fulfilled or dropped; the address is not to open the dialog again.
    void navigate({ to: '/reports/schedules', search: {}, replace: true });
  };
  const draft: Draft | undefined = wished === undefined ? undefined : { report: wished, filter: toFilter(search) };
  return (
    <Page
      title={t('title')}
      about={t('about')}
      above={
        <Anchor
          size="sm"
          renderRoot={(props) => <Link {...props} to="/reports" search={{}} />}
          style={{ display: 'inline-flex', alignItems: 'center', gap: 4 }}
        >
          <IconArrowLeft size={14} aria-hidden />
          {word('all')}
        </Anchor>
      }
      actions={
        mayChange && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen({})}>
            {t('add')}
          </Button>
        )
      }
    >
      <Schedules onEdit={(schedule) => setOpen({ schedule })} onAdd={() => setOpen({})} inWords={inWords} />
      {open !== undefined && (
        <ScheduleDialog
          schedule={open.schedule}
          draft={draft}
          filters={inWords(open.schedule?.filter ?? draft?.filter)}
          onClose={close}
        />
      )}
    </Page>
  );
}

interface SchedulesProps {
  onEdit: (schedule: ReportSchedule) => void;
  onAdd: () => void;
  inWords: (filter: ReportSchedule['filter'] | null | undefined) => string | undefined;
}

function Schedules({ onEdit, onAdd, inWords }: SchedulesProps) {
  const t = useScheduleTexts();
  const mayChange = useMay('records.export');
  const { data, error, refetch } = useQuery(schedulesQuery);
  if (data === undefined) {
    return error === null ? <Skeleton h={96} /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  if (data.data.length === 0) {
    return (
      <Paper>
        <EmptyState
          icon={IconMailForward}
          title={t('noneTitle')}
          action={
            mayChange && (
              <Button variant="light" onClick={onAdd}>
                {t('add')}
              </Button>
            )
          }
        >
          {mayChange ? t('noneText') : t('noneReadOnly')}
        </EmptyState>
      </Paper>
    );
  }
  return (
    <Stack gap="sm">
      {data.data.map((schedule) => (
        <ScheduleLine
          key={schedule.id}
          schedule={schedule}
          filters={inWords(schedule.filter)}
          onEdit={() => onEdit(schedule)}
        />
      ))}
    </Stack>
  );
}

/** The filters of an address as a schedule keeps them. Its days come with its rhythm. */
function toFilter(search: ReportSearch): Draft['filter'] {
  const { connection, direction, outcome, agent, queue, ring_group, trunk, did } = search;
  return { connection_id: connection, direction, outcome, agent, queue, ring_group, trunk, did } as Draft['filter'];
}

/** "Direction: Inbound, Queue: 6500". */
function useFilterWords(search: ReportSearch): SchedulesProps['inWords'] {
  const t = useReportTexts();
  const outcome = useOutcomeTexts();
  const options = useOptions(search);
  return (filter) => {
    const values: Record<string, string | null | undefined> = { ...filter, connection: filter?.connection_id };
    const words = NARROWS.flatMap((name) => {
      const value = values[name];
      if (value == null) {
        return [];
      }
      const label =
        name === 'direction'
          ? t(value as 'inbound')
          : name === 'outcome'
            ? outcome(value as 'answered')
            : (options[name].find((each) => each.value === value)?.label ?? value);
      return [`${t(name)}: ${label}`];
    });
    return words.length === 0 ? undefined : words.join(', ');
  };
}
