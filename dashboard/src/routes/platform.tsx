// The pages of who runs the installation. Others get one page that says so, and nothing is asked of the server.

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import {
  healthQuery,
  plansQuery,
  tenantFeaturesQuery,
  tenantQuery,
  tenantUsageQuery,
} from '@/features/platform/queries';
import { searchOf } from '@/lib/search';
import { meQuery } from '@/session/me';
import { type RouterContext, workspaceRoute } from './root';

const platform = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/platform',
  component: lazyRouteComponent(() => import('@/features/platform/pages/PlatformFrame'), 'PlatformFrame'),
});

/** Reads ahead for who may see it. */
async function ahead({ queryClient }: RouterContext, read: () => Promise<unknown>[]): Promise<void> {
  const me = await queryClient.ensureQueryData(meQuery);
  if (me.user.is_platform_admin && me.impersonated_by == null) {
    await Promise.all(read());
  }
}

const tenants = createRoute({
  getParentRoute: () => platform,
  path: '/tenants',
  validateSearch: searchOf('q', 'status'),
  component: lazyRouteComponent(() => import('@/features/platform/pages/TenantsPage'), 'TenantsPage'),
});

const tenant = createRoute({
  getParentRoute: () => platform,
  path: '/tenants/$id',
  loader: ({ context, params: { id } }) =>
    ahead(context, () => [
      context.queryClient.ensureQueryData(tenantQuery(id)),
      context.queryClient.ensureQueryData(tenantUsageQuery(id)),
      context.queryClient.ensureQueryData(tenantFeaturesQuery(id)),
      context.queryClient.ensureQueryData(plansQuery),
    ]),
  component: lazyRouteComponent(() => import('@/features/platform/pages/TenantPage'), 'TenantPage'),
});

const plans = createRoute({
  getParentRoute: () => platform,
  path: '/plans',
  loader: ({ context }) => ahead(context, () => [context.queryClient.ensureQueryData(plansQuery)]),
  component: lazyRouteComponent(() => import('@/features/platform/pages/PlansPage'), 'PlansPage'),
});

const health = createRoute({
  getParentRoute: () => platform,
  path: '/health',
  loader: ({ context }) => ahead(context, () => [context.queryClient.ensureQueryData(healthQuery)]),
  component: lazyRouteComponent(() => import('@/features/platform/pages/HealthPage'), 'HealthPage'),
});

export const platformRoutes = { platform: platform.addChildren({ tenants, tenant, plans, health }) };
