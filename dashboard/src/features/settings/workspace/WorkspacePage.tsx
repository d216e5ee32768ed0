import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSuspenseQuery } from '@tanstack/react-query';
import { api } from '@/api/client';
import { invalidate, queryClient } from '@/api/query';
import type { Workspace } from '@/api/schema.gen';
import { useCommon } from '@/i18n/common';
import { useMay, workspaceQuery } from '@/session/me';
import { CopyField } from '@/ui/Copy';
import { FeatureSwitches } from '@/ui/FeatureSwitches';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { Labelled } from '@/ui/Labelled';
import { Page } from '@/ui/Page';
import { Section } from '@/ui/Section';
import { TimeZoneSelect } from '@/ui/TimeZoneSelect';
import { toastDone } from '@/ui/toast';
import { featuresQuery } from './queries';
import { useWorkspaceTexts } from './text';

export function WorkspacePage() {
  const t = useWorkspaceTexts();
  const mayWrite = useMay('workspace.write');
  const workspace = useSuspenseQuery(workspaceQuery).data;
  const features = useSuspenseQuery(featuresQuery).data.data;
  return (
    <Page title={t('title')}>
      <Section title={t('general')}>
        {/* Another name from elsewhere begins the form anew. */}
        <General key={workspace.updated_at} workspace={workspace} isReadOnly={!mayWrite} />
        <Labelled label={t('subdomain')} about={t('subdomainAbout')}>
          <CopyField value={workspace.subdomain} label={t('subdomain')} />
        </Labelled>
        <Labelled label={t('id')}>
          <CopyField value={workspace.id} label={t('id')} />
        </Labelled>
      </Section>
      <Section title={t('features')} about={t('featuresAbout')}>
        <FeatureSwitches
          features={features}
          words={t}
          isReadOnly={!mayWrite}
          onSwitch={async (name, isOn) => {
            const { data } = await api.PUT('/api/v1/features', { body: { [name]: isOn } });
            queryClient.setQueryData(featuresQuery.queryKey, data);
          }}
        />
      </Section>
    </Page>
  );
}

function General({ workspace, isReadOnly }: { workspace: Workspace; isReadOnly: boolean }) {
  const t = useWorkspaceTexts();
  const words = useCommon();
  const form = useForm({ initialValues: { name: workspace.name, time_zone: workspace.time_zone } });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit((body) =>
    attempt(async () => {
      const { data } = await api.PATCH('/api/v1/workspace', { body });
      queryClient.setQueryData(workspaceQuery.queryKey, data);
      toastDone(t('saved'));
      await invalidate('/api/v1/me');
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label={t('name')} required maxLength={120} readOnly={isReadOnly} {...form.getInputProps('name')} />
        <TimeZoneSelect
          label={t('timeZone')}
          description={t('timeZoneAbout')}
          nothingFoundMessage={t('noZone')}
          readOnly={isReadOnly}
          {...form.getInputProps('time_zone')}
        />
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
  );
}
