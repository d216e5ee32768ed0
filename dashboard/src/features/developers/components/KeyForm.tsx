// What a new key is for: its name, rights, end and limit. An app's first key is made together with the app.

import { Button, Checkbox, Group, NumberInput, Radio, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useCommon } from '@/i18n/common';
import { type Permission, useMe } from '@/session/me';
import { usePermissionTexts } from '@/session/roles';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { useAppTexts } from '../appsText';
import { grantable } from '../keys';
import type { KeyWish } from '../queries';

interface KeyFormProps {
  /** The app is made as well, and needs a name. */
  withApp: boolean;
  onSubmit: (appName: string, key: KeyWish) => Promise<void>;
  onCancel: () => void;
}

type Values = {
  app: string;
  name: string;
  /** `usual` or `chosen`. */
  rights: string;
  scopes: Permission[];
  /** Until it ends; empty for never. */
  days: string;
  requests_per_minute: number | '';
};

const DAYS = [7, 30, 90, 365] as const;
const DAY = 86_400_000;

export function KeyForm({ withApp, onSubmit, onCancel }: KeyFormProps) {
  const t = useAppTexts();
  const words = useCommon();
  const form = useForm<Values>({
    initialValues: { app: '', name: '', rights: 'usual', scopes: [], days: '', requests_per_minute: '' },
  });
  const { failure, attempt } = useFormFailure(form);
  const { values } = form;
  const isReady = (!withApp || values.app.trim() !== '') && (values.rights === 'usual' || values.scopes.length > 0);

  const submit = form.onSubmit(async ({ app, name, rights, scopes, days, requests_per_minute }) => {
    const key: KeyWish = {
      name: name.trim() || undefined,
      scopes: rights === 'chosen' ? scopes : undefined,
      expires_at: days === '' ? undefined : new Date(Date.now() + Number(days) * DAY).toISOString(),
      requests_per_minute: requests_per_minute === '' ? undefined : requests_per_minute,
    };
    await attempt(() => onSubmit(app.trim(), key));
  });

  return (
    <form onSubmit={submit}>
      <Stack>
        {withApp && (
          <TextInput
            label={t('name')}
            placeholder={t('nameHint')}
            maxLength={200}
            data-autofocus
            {...form.getInputProps('app')}
          />
        )}
        <TextInput
          label={`${t('keyName')} (${words('optional')})`}
          placeholder={t('keyNameHint')}
          maxLength={200}
          data-autofocus={!withApp || undefined}
          {...form.getInputProps('name')}
        />
        <Rights form={form} />
        <Group grow align="flex-start">
          <Select
            label={t('expires')}
            data={[
              { value: '', label: t('never') },
              ...DAYS.map((count) => ({ value: String(count), label: t('days', { count }) })),
            ]}
            allowDeselect={false}
            {...form.getInputProps('days')}
          />
          <NumberInput
            label={t('limit')}
            placeholder={t('limitHint')}
            min={1}
            max={100_000}
            allowDecimal={false}
            {...form.getInputProps('requests_per_minute')}
          />
        </Group>
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {words('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting} disabled={!isReady}>
            {withApp ? t('makeApp') : t('make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Rights({ form }: { form: UseFormReturnType<Values> }) {
  const t = useAppTexts();
  const about = usePermissionTexts();
  const { permissions } = useMe();
  return (
    <Stack gap="xs">
      <Radio.Group label={t('scopes')} {...form.getInputProps('rights')}>
        <Group mt={6}>
          <Radio value="usual" label={t('scopesUsual')} />
          <Radio value="chosen" label={t('scopesChosen')} />
        </Group>
      </Radio.Group>
      {form.getValues().rights === 'chosen' && (
        <Checkbox.Group aria-label={t('scopes')} {...form.getInputProps('scopes')}>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs" verticalSpacing={8}>
            {grantable(permissions).map((permission) => (
              <Checkbox key={permission} value={permission} label={permission} description={about(permission)} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
      )}
    </Stack>
  );
}
