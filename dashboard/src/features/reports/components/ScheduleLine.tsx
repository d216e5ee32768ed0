// One report that goes out by itself: when, as what, to how many.

import { ActionIcon, Anchor, Group, Menu, Paper, Switch, Text } from '@mantine/core';
import { IconDots, IconPencil, IconSend, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { fullTime } from '@/lib/format';
import { useMay } from '@/session/me';
import { Confirm } from '@/ui/confirm';
import { Ago } from '@/ui/Times';
import { toastDone, toastFailed } from '@/ui/toast';
import { useKindTexts } from '../kindsText';
import { type ReportSchedule, removeSchedule, sendNow, turn } from '../schedules';
import { useScheduleTexts } from '../scheduleText';
import { weekdayName } from './HeatGrid';

const WEEKDAYS: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

interface ScheduleLineProps {
  schedule: ReportSchedule;
  /** What it is narrowed to, in words. */
  filters: string | undefined;
  onEdit: () => void;
}

export function ScheduleLine({ schedule, filters, onEdit }: ScheduleLineProps) {
  const t = useScheduleTexts();
  const kind = useKindTexts();
  const mayChange = useMay('records.export');
  const name = schedule.name ?? kind(schedule.report);
  return (
    <Paper p="md">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Anchor
            fw={600}
            size="sm"
            truncate
            title={name}
            renderRoot={(props) => (
              <Link {...props} to="/reports/$kind" params={{ kind: schedule.report }} search={{}} />
            )}
          >
            {name}
          </Anchor>
          <Text size="sm">
            <Rhythm schedule={schedule} /> · {t(schedule.format)} · {t('people', { count: schedule.user_ids.length })}
          </Text>
          <Text size="xs" c="dimmed">
            {filters === undefined ? t('everything') : t('filtersOf', { filters })}
          </Text>
          <Text size="xs" c="dimmed">
            {t('next')}: {schedule.is_on && schedule.next_at != null ? fullTime(schedule.next_at) : t('off')} ·{' '}
            {t('last')}: {schedule.last_sent_at == null ? t('never') : <Ago at={schedule.last_sent_at} />}
          </Text>
        </div>
        {mayChange && (
          <Group gap="xs" wrap="nowrap">
            <Switch
              checked={schedule.is_on}
              aria-label={t('turnOn', { name })}
              onChange={(event) => void turn(schedule, event.currentTarget.checked).catch(toastFailed)}
            />
            <Deeds schedule={schedule} name={name} onEdit={onEdit} />
          </Group>
        )}
      </Group>
    </Paper>
  );
}

function Rhythm({ schedule: { every, weekday, month_day, time } }: { schedule: ReportSchedule }) {
  const t = useScheduleTexts();
  switch (every) {
    case 'week':
      return t('everyWeekAt', { weekday: weekdayName(Math.max(0, WEEKDAYS.indexOf(weekday ?? 'mon')), 'long'), time });
    case 'month':
      return t('everyMonthAt', { day: month_day ?? 1, time });
    default:
      return t('everyDayAt', { time });
  }
}

function Deeds({ schedule, name, onEdit }: { schedule: ReportSchedule; name: string; onEdit: () => void }) {
  const t = useScheduleTexts();
  const common = useCommon();
  const [isRemoving, setRemoving] = useState(false);
  const send = (): void => {
    sendNow(schedule.id).then((count) => toastDone(t('sent', { count })), toastFailed);
  };
  const remove = async (): Promise<void> => {
    await removeSchedule(schedule.id);
    toastDone(t('removed'));
  };
  return (
    <>
      <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon aria-label={t('actionsOf', { name })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconSend size={16} aria-hidden />} onClick={send}>
            {t('sendNow')}
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={onEdit}>
            {common('edit')}
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setRemoving(true)}>
            {common('remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        title={t('removeTitle', { name })}
        deed={common('remove')}
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        onConfirm={remove}
      >
        {t('removeText')}
      </Confirm>
    </>
  );
}
