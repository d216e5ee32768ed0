import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '@/api/client';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { useAuthTexts } from '../text';
import { forgetInvitation } from './invitationToken';
import { useArrival } from './useArrival';

/** Joining with a new account. */
export function JoinForm({ token, email }: { token: string; email: string }) {
  const t = useAuthTexts();
  const arrive = useArrival();
  const form = useForm({ initialValues: { full_name: '', password: '' } });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit((values) =>
    attempt(async () => {
      await api.POST('/api/v1/invitations/accept', { body: { ...values, token, session: 'cookie' } });
      forgetInvitation();
      await arrive();
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        {/* So that password managers know whose password it is. */}
        <TextInput label={t('email')} type="email" autoComplete="username" value={email} readOnly />
        <TextInput label={t('fullName')} autoComplete="name" required {...form.getInputProps('full_name')} />
        <PasswordInput
          label={t('password')}
          description={t('passwordAbout')}
          autoComplete="new-password"
          required
          {...form.getInputProps('password')}
        />
        <FormFailure>{failure}</FormFailure>
        <Button type="submit" loading={form.submitting}>
          {t('joinNew')}
        </Button>
      </Stack>
    </form>
  );
}
