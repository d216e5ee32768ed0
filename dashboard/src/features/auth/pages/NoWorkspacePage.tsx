import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '@/api/client';
import { useMe } from '@/session/me';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { AuthCard } from '../components/AuthCard';
import { OtherWorkspaces } from '../components/OtherWorkspaces';
import { SignedInLinks } from '../components/SignedInLinks';
import { keepBrowsersTimeZone } from '../components/timeZone';
import { useArrival } from '../components/useArrival';
import { useAuthTexts } from '../text';

export function NoWorkspacePage() {
  const t = useAuthTexts();
  const me = useMe();
  const arrive = useArrival();
  const form = useForm({ initialValues: { company_name: '' } });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit((body) =>
    attempt(async () => {
      await api.POST('/api/v1/me/workspaces', { body });
      await keepBrowsersTimeZone();
      await arrive();
    }),
  );
  return (
    <AuthCard
      title={t('noWorkspaceTitle')}
      about={t('noWorkspaceAbout', { email: me.user.email })}
      below={<SignedInLinks />}
    >
      <form onSubmit={submit}>
        <Stack>
          <OtherWorkspaces />
          <TextInput
            label={t('company')}
            autoComplete="organization"
            required
            {...form.getInputProps('company_name')}
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
