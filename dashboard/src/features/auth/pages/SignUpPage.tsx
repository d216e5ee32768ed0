import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getRouteApi, Link } from '@tanstack/react-router';
import { api } from '@/api/client';
import { keepFirstWebhook } from '@/session/firstWebhook';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { AuthCard } from '../components/AuthCard';
import { keepBrowsersTimeZone } from '../components/timeZone';
import { useArrival } from '../components/useArrival';
import { useAuthTexts } from '../text';

const route = getRouteApi('/visitor/sign-up');

export function SignUpPage() {
  const t = useAuthTexts();
  const arrive = useArrival();
  // A page of prices links to `/sign-up?plan=professional`.
  const { plan } = route.useSearch();
  const form = useForm({ initialValues: { company_name: '', full_name: '', email: '', password: '' } });
  const { failure, attempt } = useFormFailure(form);

  const submit = form.onSubmit((values) =>
    attempt(async () => {
      const { data } = await api.POST('/api/v1/auth/signup', { body: { ...values, plan, session: 'cookie' } });
      keepFirstWebhook(data?.webhook);
      await keepBrowsersTimeZone();
      await arrive();
    }),
  );

  return (
    <AuthCard
      title={t('signUp')}
      below={
        <>
          {t('haveAccount')}{' '}
          <Anchor underline="always" renderRoot={(props) => <Link to="/sign-in" {...props} />}>
            {t('signIn')}
          </Anchor>
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
            description={t('passwordAbout')}
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
          />
          <FormFailure>{failure}</FormFailure>
          <Button type="submit" loading={form.submitting}>
            {t('signUp')}
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
