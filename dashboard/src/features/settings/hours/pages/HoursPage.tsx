// When the workspace is open: the week, and the dates that are not like it.

import { Alert, Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconClockHour9 } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { BusinessHours } from '@/api/schema.gen';
import { useCommon } from '@/i18n/common';
import { useMay } from '@/session/me';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { Page } from '@/ui/Page';
import { toastDone } from '@/ui/toast';
import { ClosedDates } from '../components/ClosedDates';
import { DayRow } from '../components/DayRow';
import { copyToWeekdays, DAYS, type HoursForm, isRight, proposal, toForm, WEEKDAYS } from '../hours';
import { hoursQuery, saveHours } from '../queries';
import { useHoursTexts } from '../text';

export function HoursPage() {
  const t = useHoursTexts();
  const { data: hours } = useSuspenseQuery(hoursQuery);
  return (
    <Page title={t('title')} about={t('about')} actions={<Standing hours={hours} />}>
      {/* Somebody else's change is a new form: nobody saves over what they have not seen. */}
      <Editor key={hours.updated_at ?? 'unset'} hours={hours} />
    </Page>
  );
}

function Standing({ hours }: { hours: BusinessHours }) {
  const t = useHoursTexts();
  if (!hours.is_set) {
    return <Badge color="gray">{t('alwaysOpen')}</Badge>;
  }
  return hours.is_open_now ? <Badge color="teal">{t('openNow')}</Badge> : <Badge color="gray">{t('closedNow')}</Badge>;
}

function Editor({ hours }: { hours: BusinessHours }) {
  const t = useHoursTexts();
  const common = useCommon();
  const mayWrite = useMay('workspace.write');
  const form = useForm<HoursForm>({ mode: 'controlled', initialValues: toForm(hours) });
  const { failure, attempt } = useFormFailure(form as never);
  const values = form.values;
  const save = form.onSubmit(async (wanted) => {
    if (await attempt(() => saveHours(wanted))) {
      toastDone(t('saved'));
    }
  });
  return (
    <form onSubmit={save}>
      <Stack maw={760}>
        {!hours.is_set && mayWrite && (
          <Alert icon={<IconClockHour9 size={18} />} color="ink" variant="light">
            <Group justify="space-between" gap="sm">
              <Text size="sm" style={{ flex: '1 1 240px' }}>
                {t('proposeAbout')}
              </Text>
              <Button size="xs" onClick={() => form.setValues(proposal())}>
                {t('propose')}
              </Button>
            </Group>
          </Alert>
        )}
        {!mayWrite && (
          <Text size="sm" c="dimmed">
            {t('readOnly')}
          </Text>
        )}
        <Paper p="md">
          <Group justify="space-between" mb={4}>
            <Title order={2}>{t('week')}</Title>
            <Text size="sm" c="dimmed">
              {t('zone', { zone: hours.time_zone })}{' '}
              {mayWrite && (
                <Anchor
                  size="sm"
                  underline="always"
                  renderRoot={(props) => <Link to={'/settings/workspace' as LinkProps['to']} {...props} />}
                >
                  {t('changeZone')}
                </Anchor>
              )}
            </Text>
          </Group>
          {DAYS.map((day) => (
            <DayRow
              key={day}
              day={day}
              spans={values.weekly[day]}
              isLocked={!mayWrite}
              onChange={(spans) => form.setFieldValue(`weekly.${day}`, spans as never)}
              onCopy={WEEKDAYS.includes(day) ? () => form.setValues(copyToWeekdays(values, day)) : undefined}
            />
          ))}
          <Text size="xs" c="dimmed" mt="sm">
            {t('endOfDay')}
          </Text>
        </Paper>
        <Paper p="md">
          <ClosedDates
            dates={values.closedDates}
            isLocked={!mayWrite}
            onChange={(dates) => form.setFieldValue('closedDates', dates)}
          />
        </Paper>
        <FormFailure>{failure}</FormFailure>
        {mayWrite && (
          <Group mih={36}>
            <Button type="submit" loading={form.submitting} disabled={!form.isDirty() || !isRight(values)}>
              {common('save')}
            </Button>
            {form.isDirty() && (
              <>
                <Button variant="default" onClick={form.reset}>
                  {t('reset')}
                </Button>
                <Text size="sm" c="dimmed" role="status">
                  {t('unsaved')}
                </Text>
              </>
            )}
          </Group>
        )}
      </Stack>
    </form>
  );
}
