import { createRoute, lazyRouteComponent, notFound } from '@tanstack/react-router';
import { isNotFound } from '@/api/errors';
import { activityQuery, connectionQuery, providersQuery } from '@/features/connections/queries';
import { importQuery, importsQuery } from '@/features/imports/queries';
import { searchOf } from '@/lib/search';
import { sandboxQuery } from '@/sandbox/queries';
import { workspaceRoute } from './root';

const list = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/connections',
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(sandboxQuery);
    return Promise.all([queryClient.ensureQueryData(activityQuery), queryClient.ensureQueryData(providersQuery)]);
  },
  component: lazyRouteComponent(() => import('@/features/connections/pages/ConnectionsPage'), 'ConnectionsPage'),
});

const connect = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/connections/new',
  loader: ({ context: { queryClient } }) =>
    Promise.all([queryClient.ensureQueryData(providersQuery), queryClient.ensureQueryData(sandboxQuery)]),
  component: lazyRouteComponent(() => import('@/features/connections/pages/ConnectPage'), 'ConnectPage'),
});

const connectProvider = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/connections/new/$provider',
  loader: async ({ context: { queryClient }, params }) => {
    const providers = await queryClient.ensureQueryData(providersQuery);
    if (!providers.data.some(({ provider }) => provider === params.provider)) {
      throw notFound();
    }
  },
  component: lazyRouteComponent(
    () => import('@/features/connections/pages/ConnectProviderPage'),
    'ConnectProviderPage',
  ),
});

const connection = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/connections/$id',
  validateSearch: searchOf('sign_in'),
  loader: async ({ context: { queryClient }, params }) => {
    try {
      await Promise.all([
        queryClient.ensureQueryData(connectionQuery(params.id)),
        queryClient.ensureQueryData(activityQuery),
        queryClient.ensureQueryData(providersQuery),
        queryClient.ensureQueryData(sandboxQuery),
      ]);
    } catch (error) {
      throw isNotFound(error) ? notFound() : error;
    }
  },
  component: lazyRouteComponent(() => import('@/features/connections/pages/ConnectionPage'), 'ConnectionPage'),
});

const recordImports = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/connections/import',
  loader: ({ context: { queryClient } }) => queryClient.ensureQueryData(importsQuery),
  component: lazyRouteComponent(() => import('@/features/imports/pages/ImportsPage'), 'ImportsPage'),
});

const recordImport = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/connections/import/$id',
  loader: async ({ context: { queryClient }, params }) => {
    try {
      await queryClient.ensureQueryData(importQuery(params.id));
    } catch (error) {
      throw isNotFound(error) ? notFound() : error;
    }
  },
  component: lazyRouteComponent(() => import('@/features/imports/pages/ImportPage'), 'ImportPage'),
});

export const connectionRoutes = {
  connections: list,
  connect,
  connectProvider,
  connection,
  recordImports,
  recordImport,
};
