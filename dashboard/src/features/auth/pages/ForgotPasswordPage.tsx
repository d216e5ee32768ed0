import { Alert, Anchor, Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconMailForward } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '@/api/client';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { AuthCard } from '../components/AuthCard';
import { useAuthTexts } from '../text';

export function ForgotPasswordPage() {
  const t = useAuthTexts();
  const form = useForm({ initialValues: { email: '' } });
  const { failure, attempt } = useFormFailure(form);
  const [sentTo, setSentTo] = useState<string>();
  const submit = form.onSubmit((body) =>
    attempt(async () => {
      await api.POST('/api/v1/auth/forgot-password', { body });
      setSentTo(body.email);
    }),
  );
  return (
    <AuthCard
      title={t('forgotTitle')}
      about={t('forgotAbout')}
      below={
        <Anchor underline="always" renderRoot={(props) => <Link to="/sign-in" {...props} />}>
          {t('backToSignIn')}
        </Anchor>
      }
    >
      {sentTo !== undefined ? (
        <Alert color="teal" icon={<IconMailForward />} role="status">
          {t('linkSent', { email: sentTo })}
        </Alert>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t('email')}
              type="email"
              autoComplete="username"
              required
              {...form.getInputProps('email')}
            />
            <FormFailure>{failure}</FormFailure>
            <Button type="submit" loading={form.submitting}>
              {t('sendLink')}
            </Button>
          </Stack>
        </form>
      )}
    </AuthCard>
  );
}
