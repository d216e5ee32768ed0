import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconMailExclamation } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '@/api/client';
import { queryClient } from '@/api/query';
import { useCommon } from '@/i18n/common';
import { meQuery, useMe } from '@/session/me';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { Section } from '@/ui/Section';
import { toastDone, toastFailed } from '@/ui/toast';
import { useSecurityTexts } from './text';

export function Profile() {
  const t = useSecurityTexts();
  const words = useCommon();
  const me = useMe();
  const isReadOnly = me.impersonated_by != null;
  const form = useForm({ initialValues: { full_name: me.user.full_name } });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit((body) =>
    attempt(async () => {
      const { data: user } = await api.PATCH('/api/v1/me', { body });
      if (user !== undefined) {
        queryClient.setQueryData(meQuery.queryKey, { ...me, user });
        form.setInitialValues({ full_name: user.full_name });
        form.reset();
      }
      toastDone(t('saved'));
    }),
  );
  return (
    <Section title={t('profile')} about={t('profileAbout')}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('name')}
            autoComplete="name"
            required
            readOnly={isReadOnly}
            {...form.getInputProps('full_name')}
          />
          <TextInput label={t('email')} value={me.user.email} readOnly variant="filled" />
          {!me.user.is_email_verified && !isReadOnly && <Unverified email={me.user.email} />}
          <FormFailure>{failure}</FormFailure>
          {!isReadOnly && (
            <Group justify="flex-end">
              <Button type="submit" loading={form.submitting} disabled={!form.isDirty()}>
                {words('save')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Section>
  );
}

function Unverified({ email }: { email: string }) {
  const t = useSecurityTexts();
  const [isSending, setSending] = useState(false);
  const send = async (): Promise<void> => {
    setSending(true);
    try {
      await api.POST('/api/v1/me/send-verification');
      toastDone(t('resent', { email }));
    } catch (error) {
      toastFailed(error);
    } finally {
      setSending(false);
    }
  };
  return (
    <Alert color="yellow" icon={<IconMailExclamation />}>
      <Stack gap="xs" align="flex-start">
        {t('unverified')}
        <Button size="xs" variant="default" loading={isSending} onClick={() => void send()}>
          {t('resend')}
        </Button>
      </Stack>
    </Alert>
  );
}
