import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getRouteApi, Link, useNavigate, useRouter } from '@tanstack/react-router';
import { api } from '@/api/client';
import { sessionBegan } from '@/session/me';
import { toastFailed } from '@/ui/toast';
import { AuthCard } from '../components/AuthCard';
import { useAuthTexts } from '../text';

const route = getRouteApi('/visitor/sign-in');

export function SignInPage() {
  const t = useAuthTexts();
  const navigate = useNavigate();
  const router = useRouter();
  const { return_to } = route.useSearch();
  const form = useForm({ initialValues: { email: '', password: '' } });

  const submit = form.onSubmit(async ({ email, password }) => {
    try {
      await api.POST('/api/v1/auth/login', { body: { email, password, session: 'cookie' } });
      await sessionBegan();
      // Only a path of ours: an address of somebody else's would make this page a way to send people there.
      if (return_to?.startsWith('/') && !return_to.startsWith('//')) {
        router.history.push(return_to);
      } else {
        await navigate({ to: '/' });
      }
    } catch (error) {
      toastFailed(error);
    }
  });

  return (
    <AuthCard
      title={t('signIn')}
      below={
        <>
          {t('newHere')} <Anchor renderRoot={(props) => <Link to="/sign-up" {...props} />}>{t('signUp')}</Anchor>
        </>
      }
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('email')}
            type="email"
            autoComplete="username"
            required
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('password')}
            autoComplete="current-password"
            required
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={form.submitting}>
            {t('signIn')}
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
