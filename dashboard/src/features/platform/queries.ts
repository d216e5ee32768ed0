import { $api } from '@/api/client';
import { PAGE_SIZE, paging, useRows } from '@/api/pages';
import type { Tenant } from '@/api/schema.gen';

export type Status = Tenant['status'];
export const STATUSES: readonly Status[] = ['active', 'suspended', 'deleted'];
export const STATUS_COLOURS = { active: 'teal', suspended: 'orange', deleted: 'gray' } as const;

export function useTenants({ q, status }: { q?: string; status?: string }) {
  const known = STATUSES.find((each) => each === status);
  const init = { params: { query: { q, status: known, limit: PAGE_SIZE } } };
  return useRows(
    // No feed spans workspaces: who comes to the page sees what there is.
    $api.useInfiniteQuery('get', '/api/v1/admin/tenants', init, { ...paging, refetchOnMount: 'always' }),
    $api.queryOptions('get', '/api/v1/admin/tenants', init).queryKey,
  );
}

const of = (id: string) => ({ params: { path: { id } } });
export const tenantQuery = (id: string) => $api.queryOptions('get', '/api/v1/admin/tenants/{id}', of(id));
export const tenantUsageQuery = (id: string) => $api.queryOptions('get', '/api/v1/admin/tenants/{id}/usage', of(id));
export const tenantFeaturesQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/admin/tenants/{id}/features', of(id));

/** How often the health page is read again, ms. */
const EVERY = 5_000;
export const healthQuery = $api.queryOptions('get', '/api/v1/admin/overview', {}, { refetchInterval: EVERY });

export const plansQuery = $api.queryOptions('get', '/api/v1/admin/plans');
