import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Link, useNavigate } from '@tanstack/react-router';
import { api } from '@/api/client';
import { ApiError } from '@/api/errors';
import { sessionBegan } from '@/session/me';
import { toastFailed } from '@/ui/toast';
import { AuthCard } from '../components/AuthCard';
import { useAuthTexts } from '../text';

export function SignUpPage() {
  const t = useAuthTexts();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { company_name: '', full_name: '', email: '', password: '' } });

  const submit = form.onSubmit(async (values) => {
    try {
      await api.POST('/api/v1/auth/signup', { body: { ...values, session: 'cookie' } });
      await sessionBegan();
      await navigate({ to: '/' });
    } catch (error) {
      if (error instanceof ApiError && Object.keys(error.fields).length > 0) {
        form.setErrors(error.fields);
      } else {
        toastFailed(error);
      }
    }
  });

  return (
    <AuthCard
      title={t('signUp')}
      below={
        <>
          {t('haveAccount')} <Anchor renderRoot={(props) => <Link to="/sign-in" {...props} />}>{t('signIn')}</Anchor>
        </>
      }
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('company')}
            autoComplete="organization"
            required
            {...form.getInputProps('company_name')}
          />
          <TextInput label={t('fullName')} autoComplete="name" required {...form.getInputProps('full_name')} />
          <TextInput
            label={t('email')}
            type="email"
            autoComplete="username"
            required
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('password')}
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={form.submitting}>
            {t('signUp')}
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
