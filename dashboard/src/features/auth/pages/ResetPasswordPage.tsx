import { Alert, Anchor, Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '@/api/client';
import { ApiError } from '@/api/errors';
import { useFragment } from '@/lib/fragment';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { AuthCard } from '../components/AuthCard';
import { useAuthTexts } from '../text';

export function ResetPasswordPage() {
  const t = useAuthTexts();
  const token = useFragment('token');
  const [outcome, setOutcome] = useState<'done' | 'badLink' | undefined>(token === undefined ? 'badLink' : undefined);
  const form = useForm({ initialValues: { password: '' } });
  const { failure, attempt } = useFormFailure(form, (error) => {
    if (error instanceof ApiError && error.code === 'invalid_link') {
      setOutcome('badLink');
      return t('badLink');
    }
    return undefined;
  });
  const submit = form.onSubmit(({ password }) =>
    attempt(async () => {
      await api.POST('/api/v1/auth/reset-password', { body: { token: token ?? '', password } });
      setOutcome('done');
    }),
  );
  return (
    <AuthCard
      title={t('resetTitle')}
      about={t('resetAbout')}
      below={
        <Anchor underline="always" renderRoot={(props) => <Link to="/sign-in" {...props} />}>
          {t('backToSignIn')}
        </Anchor>
      }
    >
      {outcome === undefined && (
        <form onSubmit={submit}>
          <Stack>
            <PasswordInput
              label={t('newPassword')}
              description={t('passwordAbout')}
              autoComplete="new-password"
              autoFocus
              required
              {...form.getInputProps('password')}
            />
            <FormFailure>{failure}</FormFailure>
            <Button type="submit" loading={form.submitting}>
              {t('setPassword')}
            </Button>
          </Stack>
        </form>
      )}
      {outcome === 'done' && (
        <Alert color="teal" icon={<IconCircleCheck />} role="status">
          {t('resetDone')}
        </Alert>
      )}
      {outcome === 'badLink' && (
        <Stack>
          <FormFailure>{t('badLink')}</FormFailure>
          <Button renderRoot={(props) => <Link to="/forgot-password" {...props} />}>{t('askAgain')}</Button>
        </Stack>
      )}
    </AuthCard>
  );
}
