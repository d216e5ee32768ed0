// Inputs for what a provider declares. Nothing here knows a provider.

import { PasswordInput, Stack, Switch, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useCommon } from '@/i18n/common';
import type { ProviderField } from '../queries';

export type FieldForm = UseFormReturnType<Record<string, string>>;

interface FieldsProps {
  fields: ProviderField[];
  form: FieldForm;
  /** What an empty secret shows, where one is kept already. */
  secretPlaceholder?: string;
}

export function Fields({ fields, form, secretPlaceholder }: FieldsProps) {
  return (
    <Stack gap="md">
      {fields.map((field) => (
        <FieldInput key={field.name} field={field} form={form} secretPlaceholder={secretPlaceholder} />
      ))}
    </Stack>
  );
}

function FieldInput({ field, form, secretPlaceholder }: Omit<FieldsProps, 'fields'> & { field: ProviderField }) {
  const t = useCommon();
  const { name, label, help } = field;
  if (field.is_flag) {
    return (
      <Switch
        label={label}
        description={help}
        checked={form.values[name] === 'true'}
        error={form.errors[name]}
        onChange={(event) => form.setFieldValue(name, event.currentTarget.checked ? 'true' : '')}
      />
    );
  }
  const shared = {
    label: field.is_required ? label : `${label} (${t('optional')})`,
    description: help,
    autoComplete: 'off',
    spellCheck: false,
    ...form.getInputProps(name),
  };
  return field.is_secret ? (
    <PasswordInput {...shared} autoComplete="new-password" placeholder={secretPlaceholder} />
  ) : (
    <TextInput {...shared} />
  );
}

/** An empty value for each field. */
export function emptyValues(fields: ProviderField[]): Record<string, string> {
  return Object.fromEntries(fields.map(({ name }) => [name, '']));
}
