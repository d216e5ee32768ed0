// The name of a connection and what its provider lets one set.

import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { toastDone } from '@/ui/toast';
import { type ConnectionDetail, type Provider, updateConnection } from '../queries';
import { useConnectionTexts } from '../text';
import { changedSettings } from '../words';
import { emptyValues, Fields } from './Fields';
import { Section } from './Section';

export function SettingsSection({ connection, provider }: { connection: ConnectionDetail; provider: Provider }) {
  const t = useConnectionTexts();
  const common = useCommon();
  const fields = provider.fields.filter(({ is_secret }) => !is_secret);
  const held = connection.settings as Record<string, unknown>;
  const known = Object.fromEntries(fields.map(({ name }) => [name, String(held[name] ?? '')]));
  const form = useForm<Record<string, string>>({
    mode: 'controlled',
    initialValues: { name: connection.name, ...emptyValues(fields), ...known },
  });
  const { failure, attempt } = useFormFailure(form);
  const [isBusy, setBusy] = useState(false);
  const submit = form.onSubmit(async ({ name = '', ...given }) => {
    setBusy(true);
    const settings = changedSettings(fields, held, given);
    if (await attempt(() => updateConnection(connection.id, { name, settings }))) {
      form.resetDirty();
      toastDone(t('saved'));
    }
    setBusy(false);
  });
  return (
    <Section title={t('settings')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput label={t('name')} maxLength={200} {...form.getInputProps('name')} />
          <Fields fields={fields} form={form} />
          <FormFailure>{failure}</FormFailure>
          <Group justify="flex-end">
            <Button type="submit" loading={isBusy} disabled={!form.isDirty()}>
              {common('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
