import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '@/api/client';
import { invalidate } from '@/api/query';
import { useMe } from '@/session/me';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { Section } from '@/ui/Section';
import { toastDone } from '@/ui/toast';
import { useSecurityTexts } from './text';

export function Password() {
  const t = useSecurityTexts();
  const { user } = useMe();
  const form = useForm({ initialValues: { current_password: '', new_password: '' } });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit((body) =>
    attempt(async () => {
      await api.POST('/api/v1/me/password', { body });
      form.reset();
      toastDone(t('changed'));
      await invalidate('/api/v1/me/sessions');
    }),
  );
  return (
    <Section title={t('password')} about={t('passwordAbout')}>
      <form onSubmit={submit}>
        <Stack>
          {/* So that password managers know whose it is. */}
          <input type="email" autoComplete="username" value={user.email} readOnly hidden />
          <PasswordInput
            label={t('current')}
            autoComplete="current-password"
            required
            {...form.getInputProps('current_password')}
          />
          <PasswordInput
            label={t('next')}
            description={t('nextAbout')}
            autoComplete="new-password"
            required
            {...form.getInputProps('new_password')}
          />
          <FormFailure>{failure}</FormFailure>
          <Group justify="flex-end">
            <Button type="submit" variant="default" loading={form.submitting}>
              {t('change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
