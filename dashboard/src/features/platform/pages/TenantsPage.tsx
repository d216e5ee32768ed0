import { Anchor, Badge, Box, Group, Select, Stack, Text } from '@mantine/core';
import { IconBuildingSkyscraper } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { Tenant } from '@/api/schema.gen';
import { count } from '@/lib/format';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { type Column, RowList } from '@/ui/RowList';
import { SearchInput } from '@/ui/SearchInput';
import { When } from '@/ui/Times';
import { CreateTenant } from '../components/CreateTenant';
import { STATUS_COLOURS, STATUSES, useTenants } from '../queries';
import { usePlatformTexts } from '../text';

const route = getRouteApi('/workspace/platform/tenants');

export function TenantsPage() {
  const t = usePlatformTexts();
  return (
    <Page title={t('tenants')} actions={<CreateTenant />} isFull>
      <Tenants />
    </Page>
  );
}

function Tenants() {
  const t = usePlatformTexts();
  const search = route.useSearch();
  const navigate = useNavigate();
  const rows = useTenants(search);
  const columns = useColumns();
  const narrow = (change: { q?: string; status?: string }): void =>
    void navigate({ to: '/platform/tenants', search: { ...search, ...change }, replace: true });
  return (
    <Stack h="100%" gap="sm">
      <Group gap="xs">
        <SearchInput
          value={search.q ?? ''}
          label={t('search')}
          width={260}
          onSearch={(q) => narrow({ q: q || undefined })}
        />
        <Select
          aria-label={t('status')}
          placeholder={t('anyStatus')}
          w={170}
          clearable
          data={STATUSES.map((value) => ({ value: value as string, label: t(value) }))}
          value={search.status ?? null}
          onChange={(status) => narrow({ status: status ?? undefined })}
        />
      </Group>
      <Box style={{ flex: 1, minHeight: 0 }}>
        <RowList
          label={t('tenants')}
          rows={rows}
          columns={columns}
          rowKey={({ id }) => id}
          onOpen={({ id }) => void navigate({ to: '/platform/tenants/$id', params: { id } })}
          compact={(tenant) => <Compact tenant={tenant} />}
          empty={
            <EmptyState icon={IconBuildingSkyscraper} title={t('noneTitle')}>
              {t('noneText')}
            </EmptyState>
          }
        />
      </Box>
    </Stack>
  );
}

function NameLink({ tenant: { id, name } }: { tenant: Tenant }) {
  return (
    <Anchor
      size="sm"
      c="inherit"
      fw={550}
      title={name}
      renderRoot={(props) => <Link to="/platform/tenants/$id" params={{ id }} {...props} />}
    >
      {name}
    </Anchor>
  );
}

function useColumns(): Column<Tenant>[] {
  const t = usePlatformTexts();
  return [
    { key: 'name', header: t('name'), width: 'minmax(0, 2fr)', cell: (tenant) => <NameLink tenant={tenant} /> },
    {
      key: 'subdomain',
      header: t('subdomain'),
      width: 'minmax(0, 1.3fr)',
      from: 'md',
      cell: ({ subdomain }) => <span title={subdomain}>{subdomain}</span>,
    },
    {
      key: 'status',
      header: t('status'),
      width: '120px',
      cell: ({ status }) => <Badge color={STATUS_COLOURS[status]}>{t(status)}</Badge>,
    },
    { key: 'plan', header: t('plan'), width: '120px', cell: ({ plan }) => plan },
    { key: 'people', header: t('people'), width: '80px', align: 'right', cell: ({ user_count }) => count(user_count) },
    { key: 'calls', header: t('calls'), width: '90px', align: 'right', cell: ({ call_count }) => count(call_count) },
    {
      key: 'since',
      header: t('since'),
      width: '120px',
      align: 'right',
      from: 'lg',
      cell: ({ created_at }) => <When at={created_at} c="dimmed" />,
    },
  ];
}

function Compact({ tenant }: { tenant: Tenant }) {
  const t = usePlatformTexts();
  return (
    <Stack gap={2}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Box miw={0} style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
          <NameLink tenant={tenant} />
        </Box>
        <Badge color={STATUS_COLOURS[tenant.status]} style={{ flexShrink: 0 }}>
          {t(tenant.status)}
        </Badge>
      </Group>
      <Text size="xs" c="dimmed" truncate>
        {tenant.plan} · {t('people')} {count(tenant.user_count)} · {t('calls')} {count(tenant.call_count)}
      </Text>
    </Stack>
  );
}
