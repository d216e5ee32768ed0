// When a report goes out, as what, and to whom.

import {
  Button,
  Group,
  Modal,
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { TimeInput } from '@mantine/dates';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { $api } from '@/api/client';
import { useCommon } from '@/i18n/common';
import { currentTimeZone } from '@/lib/format';
import { useMay, useMe } from '@/session/me';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { toastDone } from '@/ui/toast';
import { KINDS } from '../kinds';
import { useKindTexts } from '../kindsText';
import { type CreateReportSchedule, type ReportSchedule, saveSchedule } from '../schedules';
import { useScheduleTexts } from '../scheduleText';
import { weekdayName } from './HeatGrid';

export type Draft = Pick<CreateReportSchedule, 'report' | 'filter'>;

interface ScheduleDialogProps {
  /** What is changed; or what a new one begins with. */
  schedule?: ReportSchedule;
  draft?: Draft;
  /** What the report is narrowed to, in words. */
  filters: string | undefined;
  onClose: () => void;
}

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const EVERY = ['day', 'week', 'month'] as const;
const FORMATS = ['pdf', 'xlsx', 'csv'] as const;
const LAST_MONTH_DAY = 28;

export function ScheduleDialog({ schedule, draft, filters, onClose }: ScheduleDialogProps) {
  const t = useScheduleTexts();
  const common = useCommon();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(schedule === undefined ? 'addTitle' : 'editTitle')}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Form schedule={schedule} draft={draft} filters={filters} onClose={onClose} />
    </Modal>
  );
}

function useMembers(): { value: string; label: string }[] {
  const { user } = useMe();
  const { data } = useQuery({
    ...$api.queryOptions('get', '/api/v1/members', { params: { query: { limit: 200 } } }),
    enabled: useMay('members.read'),
  });
  const others = (data?.data ?? []).map(({ user_id, full_name, email }) => ({
    value: user_id,
    label: full_name || email,
  }));
  return others.length > 0 ? others : [{ value: user.id, label: user.full_name || user.email }];
}

function Form({ schedule, draft, filters, onClose }: ScheduleDialogProps) {
  const t = useScheduleTexts();
  const kind = useKindTexts();
  const common = useCommon();
  const { user } = useMe();
  const members = useMembers();
  const form = useForm({
    initialValues: {
      name: schedule?.name ?? '',
      report: schedule?.report ?? draft?.report ?? 'volume',
      format: schedule?.format ?? 'pdf',
      every: schedule?.every ?? 'week',
      weekday: schedule?.weekday ?? 'mon',
      month_day: schedule?.month_day ?? 1,
      time: schedule?.time ?? '08:00',
      user_ids: schedule?.user_ids ?? [user.id],
    },
    validate: { user_ids: (chosen) => (chosen.length === 0 ? t('toMissing') : null) },
  });
  const { failure, attempt } = useFormFailure(form);
  const { every } = form.values;
  const submit = form.onSubmit(({ name, weekday, month_day, ...rest }) =>
    attempt(async () => {
      await saveSchedule(schedule?.id, {
        ...rest,
        name: name.trim() === '' ? null : name.trim(),
        weekday: every === 'week' ? weekday : undefined,
        month_day: every === 'month' ? month_day : undefined,
        filter: schedule?.filter ?? draft?.filter,
      });
      toastDone(t('saved'));
      onClose();
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <Select
          label={t('report')}
          data={KINDS.map((value) => ({ value, label: kind(value) }))}
          allowDeselect={false}
          searchable
          {...form.getInputProps('report')}
        />
        {filters !== undefined && (
          <Text size="sm" c="dimmed">
            {t(schedule === undefined ? 'filtersKept' : 'filtersOf', { filters })}
          </Text>
        )}
        <TextInput label={t('name')} description={t('nameHint')} maxLength={100} {...form.getInputProps('name')} />
        <SimpleGrid cols={2}>
          <Select
            label={t('every')}
            data={EVERY.map((value) => ({ value, label: t(value) }))}
            allowDeselect={false}
            {...form.getInputProps('every')}
          />
          {every === 'week' && (
            <Select
              label={t('weekday')}
              data={WEEKDAYS.map((value, index) => ({ value, label: weekdayName(index, 'long') }))}
              allowDeselect={false}
              {...form.getInputProps('weekday')}
            />
          )}
          {every === 'month' && (
            <NumberInput
              label={t('monthDay')}
              min={1}
              max={LAST_MONTH_DAY}
              allowDecimal={false}
              {...form.getInputProps('month_day')}
            />
          )}
          <TimeInput label={t('time')} required {...form.getInputProps('time')} />
          <Select
            label={t('format')}
            data={FORMATS.map((value) => ({ value, label: t(value) }))}
            allowDeselect={false}
            {...form.getInputProps('format')}
          />
        </SimpleGrid>
        <Text size="xs" c="dimmed">
          {t(`${every}About`)} {t('timeHint', { zone: currentTimeZone() })}
        </Text>
        <MultiSelect
          label={t('to')}
          description={t('toHint')}
          data={members}
          maxValues={50}
          searchable
          {...form.getInputProps('user_ids')}
        />
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting}>
            {common('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
