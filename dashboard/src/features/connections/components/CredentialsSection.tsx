// What the connection signs in with. Values are never shown; a new one takes the place of the old.

import { Button, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { day } from '@/lib/format';
import { Confirm } from '@/ui/confirm';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { toastDone } from '@/ui/toast';
import {
  type ConnectionDetail,
  checkConnection,
  type Provider,
  type ProviderField,
  setCredentials,
  signOut,
} from '../queries';
import { useConnectionTexts } from '../text';
import { sortValues } from '../words';
import { emptyValues, Fields } from './Fields';
import { Section } from './Section';
import { isSignedIn, SignInButton } from './SignInButton';

/** It has a place of its own, where the old one goes on for a while. */
const WEBHOOK_SECRET = 'webhook_secret';

interface CredentialsProps {
  connection: ConnectionDetail;
  provider: Provider;
  isDialpad: boolean;
}

export function CredentialsSection({ connection, provider, isDialpad }: CredentialsProps) {
  const t = useConnectionTexts();
  const fields = provider.fields.filter(({ is_secret, name }) => is_secret && name !== WEBHOOK_SECRET);
  const [isOpen, setOpen] = useState(false);
  return (
    <Section
      title={t('credentials')}
      about={t('credentialsAbout')}
      actions={
        !isOpen && (
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            {t('replace')}
          </Button>
        )
      }
    >
      <Stack gap={6}>
        {fields.map((field) => (
          <Held key={field.name} field={field} connection={connection} />
        ))}
      </Stack>
      {isDialpad && <Session connection={connection} name={provider.name} />}
      {isOpen && <ReplaceForm connection={connection} fields={fields} onDone={() => setOpen(false)} />}
    </Section>
  );
}

function Held({ field, connection }: { field: ProviderField; connection: ConnectionDetail }) {
  const t = useConnectionTexts();
  const held = connection.credentials.find(({ name }) => name === field.name);
  const ends = held?.expires_at == null ? '' : ` · ${t('credentialEnds', { date: day(held.expires_at) })}`;
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm">{field.label}</Text>
      <Text size="sm" c="dimmed">
        {held === undefined ? t('credentialNone') : `${t('credentialSince', { date: day(held.set_at) })}${ends}`}
      </Text>
    </Group>
  );
}

function Session({ connection, name }: { connection: ConnectionDetail; name: string }) {
  const t = useConnectionTexts();
  const [isAsking, setAsking] = useState(false);
  return (
    <Group gap="sm">
      <SignInButton connection={connection} name={name} size="xs" />
      {isSignedIn(connection) && (
        <Button size="xs" variant="subtle" color="red" onClick={() => setAsking(true)}>
          {t('signOut')}
        </Button>
      )}
      <Confirm
        title={t('signOut')}
        deed={t('signOut')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await signOut(connection.id);
          toastDone(t('signedOut'));
        }}
      >
        {t('signOutAbout', { name })}
      </Confirm>
    </Group>
  );
}

function ReplaceForm({
  connection,
  fields,
  onDone,
}: {
  connection: ConnectionDetail;
  fields: ProviderField[];
  onDone: () => void;
}) {
  const t = useConnectionTexts();
  const common = useCommon();
  const [isBusy, setBusy] = useState(false);
  const form = useForm<Record<string, string>>({ mode: 'controlled', initialValues: emptyValues(fields) });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit(async (given) => {
    setBusy(true);
    const isDone = await attempt(async () => {
      // What is left empty stays as it is: only a value is sent.
      await setCredentials(connection.id, sortValues(fields, given).credentials);
      await checkConnection(connection.id);
    });
    setBusy(false);
    if (isDone) {
      toastDone(t('saved'));
      onDone();
    }
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Fields
          fields={fields.map((field) => ({ ...field, is_required: false }))}
          form={form}
          secretPlaceholder="•••"
        />
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {common('cancel')}
          </Button>
          <Button type="submit" loading={isBusy} disabled={!form.isDirty()}>
            {common('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
