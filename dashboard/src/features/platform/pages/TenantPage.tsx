import { Anchor, Badge, Button, Group, Select, SimpleGrid, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconArrowLeft } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { api } from '@/api/client';
import { invalidateBelow, queryClient } from '@/api/query';
import type { Tenant } from '@/api/schema.gen';
import { useCommon } from '@/i18n/common';
import { CopyField } from '@/ui/Copy';
import { FeatureSwitches } from '@/ui/FeatureSwitches';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { Labelled } from '@/ui/Labelled';
import { Page } from '@/ui/Page';
import { Section } from '@/ui/Section';
import { When } from '@/ui/Times';
import { TimeZoneSelect } from '@/ui/TimeZoneSelect';
import { toastDone } from '@/ui/toast';
import { UsageBars } from '@/ui/UsageBars';
import { Standing } from '../components/Standing';
import { usePlans } from '../components/usePlans';
import { STATUS_COLOURS, tenantFeaturesQuery, tenantQuery, tenantUsageQuery } from '../queries';
import { usePlatformTexts } from '../text';

const route = getRouteApi('/workspace/platform/tenants/$id');
const UsageYear = lazy(() => import('@/ui/UsageYear').then((module) => ({ default: module.UsageYear })));

export function TenantPage() {
  const t = usePlatformTexts();
  const { id } = route.useParams();
  const tenant = useSuspenseQuery(tenantQuery(id)).data;
  return (
    <Page
      title={tenant.name}
      above={
        <Anchor size="sm" renderRoot={(props) => <Link to="/platform/tenants" {...props} />}>
          <IconArrowLeft size={14} aria-hidden /> {t('back')}
        </Anchor>
      }
      about={
        <Group gap="xs">
          <Badge color={STATUS_COLOURS[tenant.status]}>{t(tenant.status)}</Badge>
          {tenant.status !== 'active' && tenant.status_at != null && (
            <span>
              <When at={tenant.status_at} />
              {tenant.status_reason != null && ` · ${tenant.status_reason}`}
            </span>
          )}
        </Group>
      }
      actions={<Standing tenant={tenant} />}
    >
      <Section title={t('facts')}>
        <Facts key={tenant.updated_at} tenant={tenant} />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Labelled label={t('subdomain')}>
            <CopyField value={tenant.subdomain} label={t('subdomain')} />
          </Labelled>
          <Labelled label={t('id')}>
            <CopyField value={tenant.id} label={t('id')} />
          </Labelled>
        </SimpleGrid>
      </Section>
      <TenantUsage id={id} />
      <TenantFeatures id={id} />
    </Page>
  );
}

function Facts({ tenant }: { tenant: Tenant }) {
  const t = usePlatformTexts();
  const words = useCommon();
  const plans = usePlans();
  const { name, plan, time_zone } = tenant;
  const form = useForm({ initialValues: { name, plan, time_zone } });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit((body) =>
    attempt(async () => {
      const params = { path: { id: tenant.id } };
      const { data } = await api.PATCH('/api/v1/admin/tenants/{id}', { params, body });
      queryClient.setQueryData(tenantQuery(tenant.id).queryKey, data);
      toastDone(t('saved'));
      await invalidateBelow('/api/v1/admin/tenants');
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label={t('name')} required maxLength={120} {...form.getInputProps('name')} />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select label={t('plan')} data={plans} allowDeselect={false} {...form.getInputProps('plan')} />
          <TimeZoneSelect label={t('timeZone')} {...form.getInputProps('time_zone')} />
        </SimpleGrid>
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button type="submit" loading={form.submitting} disabled={!form.isDirty()}>
            {words('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function TenantUsage({ id }: { id: string }) {
  const t = usePlatformTexts();
  const usage = useSuspenseQuery(tenantUsageQuery(id)).data;
  const isEmpty = usage.history.length === 0 && usage.current.every(({ used }) => used === 0);
  return (
    <Section title={t('usage')}>
      <UsageBars usage={usage} />
      {!isEmpty && (
        <Suspense fallback={<Skeleton height={292} />}>
          <UsageYear usage={usage} label={t('metric')} />
        </Suspense>
      )}
    </Section>
  );
}

function TenantFeatures({ id }: { id: string }) {
  const t = usePlatformTexts();
  const query = tenantFeaturesQuery(id);
  const features = useSuspenseQuery(query).data.data;
  return (
    <Section title={t('features')} about={<Text size="sm">{t('featuresAbout')}</Text>}>
      <FeatureSwitches
        features={features}
        words={t}
        isReadOnly={false}
        onSwitch={async (name, isOn) => {
          const { data } = await api.PUT('/api/v1/admin/tenants/{id}/features', {
            params: { path: { id } },
            body: { [name]: isOn },
          });
          queryClient.setQueryData(query.queryKey, data);
        }}
      />
    </Section>
  );
}
