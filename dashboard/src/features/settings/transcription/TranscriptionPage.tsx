// How recordings are written down: by whom, what is taken out of them, and what it may cost.

import {
  Alert,
  Anchor,
  Button,
  Group,
  NumberInput,
  Progress,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  Text,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconInfoCircle } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useId } from 'react';
import { language } from '@/i18n';
import { useCommon } from '@/i18n/common';
import { count } from '@/lib/format';
import { useMay } from '@/session/me';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { Page } from '@/ui/Page';
import { Section } from '@/ui/Section';
import { toastDone } from '@/ui/toast';
import { type SetTranscription, saveTranscription, type TranscriptionSettings, transcriptionQuery } from './queries';
import { useTranscriptionTexts } from './text';

/** Languages that speech services know, by their own names in the reader's language. */
const LANGUAGES = [
  'en',
  'es',
  'fr',
  'de',
  'it',
  'pt',
  'nl',
  'pl',
  'ca',
  'sv',
  'tr',
  'ru',
  'ar',
  'hi',
  'zh',
  'ja',
  'ko',
];

export function TranscriptionPage() {
  const t = useTranscriptionTexts();
  const mayWrite = useMay('workspace.write');
  const { data: settings } = useSuspenseQuery(transcriptionQuery);
  return (
    <Page title={t('title')} about={t('about')}>
      <Standing settings={settings} />
      {!mayWrite && (
        <Text size="sm" c="dimmed">
          {t('readOnly')}
        </Text>
      )}
      {/* Somebody else's change is a new form: nobody saves over what they have not seen. */}
      <Editor key={settings.updated_at ?? 'unset'} settings={settings} isLocked={!mayWrite} />
    </Page>
  );
}

/** Why nothing is written down, where that is so. */
function Standing({ settings }: { settings: TranscriptionSettings }) {
  const t = useTranscriptionTexts();
  if (settings.is_on && settings.used_connection_id != null) {
    return null;
  }
  const [words, deed, to] = settings.is_on
    ? ([t('noConnection'), t('connect'), '/connections'] as const)
    : ([t('off'), t('toFeatures'), '/settings/workspace'] as const);
  return (
    <Alert icon={<IconInfoCircle size={18} />} color="yellow" variant="light" maw={860}>
      <Text size="sm">
        {words}{' '}
        <Anchor size="sm" underline="always" renderRoot={(props) => <Link to={to as LinkProps['to']} {...props} />}>
          {deed}
        </Anchor>
      </Text>
    </Alert>
  );
}

type Values = Omit<SetTranscription, 'minutes_per_month' | 'min_seconds'> & {
  min_seconds: number | string;
  minutes_per_month: number | string;
};

function initial(settings: TranscriptionSettings): Values {
  const { connection_id, language, redact_own, redact_provider, min_seconds, minutes_per_month, caller_channel } =
    settings;
  return {
    connection_id: connection_id ?? null,
    language: language ?? null,
    redact_own,
    redact_provider,
    min_seconds,
    minutes_per_month: minutes_per_month ?? '',
    caller_channel,
  };
}

function Editor({ settings, isLocked }: { settings: TranscriptionSettings; isLocked: boolean }) {
  const t = useTranscriptionTexts();
  const common = useCommon();
  const form = useForm<Values>({ mode: 'controlled', initialValues: initial(settings) });
  const { failure, attempt } = useFormFailure(form as never);
  const channel = useId();
  const names = new Intl.DisplayNames([language()], { type: 'language' });
  const languages = LANGUAGES.map((code) => ({ value: code, label: names.of(code) ?? code }));
  const save = form.onSubmit(async (values) => {
    const minutes = values.minutes_per_month;
    const body = {
      ...values,
      min_seconds: Number(values.min_seconds) || 0,
      minutes_per_month: minutes === '' ? null : Number(minutes),
    };
    if (await attempt(() => saveTranscription(body))) {
      form.resetDirty();
      toastDone(t('saved'));
    }
  });
  return (
    <form onSubmit={save}>
      <Stack gap="md">
        <Section title={t('service')} about={t('serviceAbout')}>
          <Select
            label={t('connection')}
            description={t('connectionAbout')}
            placeholder={t('first')}
            data={settings.connections.map(({ id, name }) => ({ value: id, label: name }))}
            clearable
            readOnly={isLocked}
            maw={420}
            {...form.getInputProps('connection_id')}
          />
          <Select
            label={t('language')}
            description={t('languageAbout')}
            placeholder={t('anyLanguage')}
            data={languages}
            clearable
            searchable
            readOnly={isLocked}
            maw={420}
            {...form.getInputProps('language')}
          />
          <NumberInput
            label={t('minSeconds')}
            suffix={t('seconds')}
            min={0}
            max={3600}
            allowDecimal={false}
            allowNegative={false}
            readOnly={isLocked}
            maw={420}
            {...form.getInputProps('min_seconds')}
          />
          <div>
            <Text size="sm" fw={500} id={channel}>
              {t('channel')}
            </Text>
            <Text size="xs" c="dimmed" mb={6}>
              {t('channelAbout')}
            </Text>
            <SegmentedControl
              aria-labelledby={channel}
              disabled={isLocked}
              data={(['left', 'right', 'unknown'] as const).map((value) => ({ value, label: t(value) }))}
              style={{ maxWidth: '100%', flexWrap: 'wrap' }}
              {...form.getInputProps('caller_channel')}
            />
          </div>
        </Section>
        <Section title={t('secrets')} about={t('secretsAbout')}>
          <Switch
            label={t('redactOwn')}
            description={t('redactOwnAbout')}
            disabled={isLocked}
            {...form.getInputProps('redact_own', { type: 'checkbox' })}
          />
          <Switch
            label={t('redactProvider')}
            description={t('redactProviderAbout')}
            disabled={isLocked}
            {...form.getInputProps('redact_provider', { type: 'checkbox' })}
          />
        </Section>
        <Section title={t('budget')}>
          <NumberInput
            label={t('minutes')}
            description={t('minutesAbout')}
            placeholder={t('noLimit')}
            min={0}
            max={10_000_000}
            thousandSeparator=" "
            allowDecimal={false}
            allowNegative={false}
            readOnly={isLocked}
            maw={420}
            {...form.getInputProps('minutes_per_month')}
          />
          <Used settings={settings} />
        </Section>
        <FormFailure>{failure}</FormFailure>
        {!isLocked && (
          <Group justify="flex-end" maw={860}>
            <Button type="submit" loading={form.submitting} disabled={!form.isDirty()}>
              {common('save')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

function Used({ settings }: { settings: TranscriptionSettings }) {
  const t = useTranscriptionTexts();
  const { minutes_used: used, minutes_per_month: limit } = settings;
  if (limit == null) {
    return (
      <Text size="sm" c="dimmed">
        {t('usedOnly', { used: count(used) })}
      </Text>
    );
  }
  const share = limit === 0 ? 100 : Math.min(100, (used / limit) * 100);
  const words = t('used', { used: count(used), limit: count(limit) });
  return (
    <div>
      <Text size="sm" c="dimmed" mb={4}>
        {words}
      </Text>
      <Progress
        value={share}
        color={share >= 100 ? 'red' : share >= 80 ? 'yellow' : undefined}
        aria-label={words}
        maw={420}
      />
    </div>
  );
}
