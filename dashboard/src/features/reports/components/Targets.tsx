// What the workspace decided about its reports: when an answer is in time, when giving up is too soon to count.

import { Button, Group, Modal, NumberInput, Select, Skeleton, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustments } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { $api, api } from '@/api/client';
import { invalidateBelow } from '@/api/query';
import type { ReportSettings } from '@/api/schema.gen';
import { defineTexts } from '@/i18n';
import { useCommon } from '@/i18n/common';
import { useMay } from '@/session/me';
import { Failure } from '@/ui/Failure';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { toastDone } from '@/ui/toast';
import { COUNTRIES } from '../countries';
import { countryName } from '../labels';

const { useTexts: useTargetTexts } = defineTexts('report-targets', {
  en: {
    title: 'Targets',
    service_level_seconds: 'An answer is in time within',
    serviceHint: 'For the service level of queues.',
    short_abandon_seconds: 'Giving up counts from',
    shortHint: 'Who hangs up sooner has hardly waited, and is left out of queues.',
    return_hours: 'A missed call is returned within',
    returnHint: 'Later calls back do not count.',
    home_country: 'Your country',
    homeHint: 'Calls to other countries are international.',
    seconds: ' s',
    hours: ' h',
    saved: 'Saved. Reports are counted anew, which takes a while where there are many calls.',
  },
  es: {
    title: 'Objetivos',
    service_level_seconds: 'Se atiende a tiempo en',
    serviceHint: 'Para el nivel de servicio de las colas.',
    short_abandon_seconds: 'El abandono cuenta desde',
    shortHint: 'Quien cuelga antes apenas ha esperado, y no cuenta en las colas.',
    return_hours: 'Una perdida se devuelve en',
    returnHint: 'Lo que se devuelve más tarde no cuenta.',
    home_country: 'Su país',
    homeHint: 'Las llamadas a otros países son internacionales.',
    seconds: ' s',
    hours: ' h',
    saved: 'Guardado. Los informes se cuentan de nuevo, lo que tarda un rato si hay muchas llamadas.',
  },
});

/** Not there for who may not change it; every report says what it was counted by. */
export function TargetsButton() {
  const t = useTargetTexts();
  const common = useCommon();
  const [isOpen, { open, close }] = useDisclosure(false);
  if (!useMay('workspace.write')) {
    return null;
  }
  return (
    <>
      <Button variant="default" leftSection={<IconAdjustments size={16} aria-hidden />} onClick={open}>
        {t('title')}
      </Button>
      <Modal opened={isOpen} onClose={close} title={t('title')} closeButtonProps={{ 'aria-label': common('close') }}>
        <Targets onDone={close} />
      </Modal>
    </>
  );
}

function Targets({ onDone }: { onDone: () => void }) {
  const { data, error, refetch } = useQuery($api.queryOptions('get', '/api/v1/reports/settings'));
  if (data === undefined) {
    return error === null ? <Skeleton h={280} /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  return <Form settings={data} onDone={onDone} />;
}

const NUMBERS = [
  { name: 'service_level_seconds', hint: 'serviceHint', unit: 'seconds', min: 1, max: 600 },
  { name: 'short_abandon_seconds', hint: 'shortHint', unit: 'seconds', min: 0, max: 120 },
  { name: 'return_hours', hint: 'returnHint', unit: 'hours', min: 1, max: 168 },
] as const;

function Form({ settings, onDone }: { settings: ReportSettings; onDone: () => void }) {
  const t = useTargetTexts();
  const common = useCommon();
  const form = useForm<ReportSettings>({ initialValues: settings });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit((body) =>
    attempt(async () => {
      await api.PUT('/api/v1/reports/settings', { body });
      await invalidateBelow('/api/v1/reports');
      toastDone(t('saved'));
      onDone();
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        {NUMBERS.map(({ name, hint, unit, min, max }) => (
          <NumberInput
            key={name}
            label={t(name)}
            description={t(hint)}
            suffix={t(unit)}
            min={min}
            max={max}
            allowDecimal={false}
            required
            {...form.getInputProps(name)}
          />
        ))}
        <Select
          label={t('home_country')}
          description={t('homeHint')}
          placeholder={common('none')}
          data={COUNTRIES.map((value) => ({ value, label: countryName(value) })).sort((a, b) =>
            a.label.localeCompare(b.label),
          )}
          searchable
          clearable
          {...form.getInputProps('home_country')}
        />
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
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
