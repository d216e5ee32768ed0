import { Alert, Anchor, Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { api } from '@/api/client';
import { ApiError } from '@/api/errors';
import { ownPath } from '@/lib/paths';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { AuthCard } from '../components/AuthCard';
import { OtherProvider } from '../components/OtherProvider';
import { useArrival } from '../components/useArrival';
import { useAuthTexts } from '../text';

const route = getRouteApi('/visitor/sign-in');

export function SignInPage() {
  const t = useAuthTexts();
  const navigate = useNavigate();
  const arrive = useArrival();
  const { return_to, error } = route.useSearch();
  const form = useForm({ initialValues: { email: '', password: '' } });
  const { failure, attempt } = useFormFailure(form, useSignInWords());

  const submit = form.onSubmit(({ email, password }) =>
    attempt(async () => {
      const { data } = await api.POST('/api/v1/auth/login', { body: { email, password, session: 'cookie' } });
      if (data !== undefined && 'challenge' in data) {
        const hash = `challenge=${data.challenge}`;
        await navigate({ to: '/sign-in/second-factor', search: { return_to: ownPath(return_to) }, hash });
      } else {
        await arrive(return_to);
      }
    }),
  );

  return (
    <AuthCard
      title={t('signIn')}
      below={
        <>
          {t('newHere')}{' '}
          <Anchor underline="always" renderRoot={(props) => <Link to="/sign-up" {...props} />}>
            {t('signUp')}
          </Anchor>
        </>
      }
    >
      <form onSubmit={submit}>
        <Stack>
          <ProviderError code={error} />
          <TextInput
            label={t('email')}
            type="email"
            autoComplete="username"
            required
            {...form.getInputProps('email')}
          />
          <Stack gap={4}>
            <PasswordInput
              label={t('password')}
              autoComplete="current-password"
              required
              {...form.getInputProps('password')}
            />
            <Group justify="flex-end">
              <Anchor size="xs" renderRoot={(props) => <Link to="/forgot-password" {...props} />}>
                {t('forgot')}
              </Anchor>
            </Group>
          </Stack>
          <FormFailure>{failure}</FormFailure>
          <Button type="submit" loading={form.submitting}>
            {t('signIn')}
          </Button>
          <OtherProvider returnTo={ownPath(return_to)} />
        </Stack>
      </form>
    </AuthCard>
  );
}

function useSignInWords(): (error: unknown) => string | undefined {
  const t = useAuthTexts();
  return (error) => {
    if (!(error instanceof ApiError)) {
      return undefined;
    }
    switch (error.code) {
      case 'invalid_credentials':
        return t('wrongCredentials');
      case 'forbidden':
        return t('inactive');
      case 'tenant_suspended':
        return t('suspended');
      case 'too_many_requests':
        return t('tooMany', { seconds: error.retryAfterSeconds ?? 60 });
      default:
        return undefined;
    }
  };
}

/** Why somebody is back from the other provider without being signed in. */
function ProviderError({ code }: { code: string | undefined }) {
  const t = useAuthTexts();
  if (code === undefined) {
    return null;
  }
  const words: Record<string, string> = {
    not_invited: t('errorNotInvited'),
    email_not_verified: t('errorEmail'),
    invalid_credentials: t('errorCredentials'),
    provider_failed: t('errorProvider'),
    forbidden: t('inactive'),
    tenant_suspended: t('suspended'),
  };
  return (
    <Alert color="yellow" role="alert" p="xs">
      {words[code] ?? t('errorOther', { code })}
    </Alert>
  );
}
