import { createRoute, lazyRouteComponent, notFound } from '@tanstack/react-router';
import { isNotFound } from '@/api/errors';
import { FILTERS } from '@/features/calls/filters';
import { callQuery, liveQuery } from '@/features/calls/queries';
import { searchOf } from '@/lib/search';
import { visitorRoute, workspaceRoute } from './root';

const calls = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/calls',
  validateSearch: searchOf(...FILTERS),
  loader: ({ context }) => void context.queryClient.prefetchQuery(liveQuery),
  component: lazyRouteComponent(() => import('@/features/calls/pages/CallsPage'), 'CallsPage'),
});

const call = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/calls/$id',
  loader: async ({ context, params }) => {
    try {
      return await context.queryClient.ensureQueryData(callQuery(params.id));
    } catch (error) {
      throw isNotFound(error) ? notFound() : error;
    }
  },
  component: lazyRouteComponent(() => import('@/features/calls/pages/CallPage'), 'CallPage'),
});

const shared = createRoute({
  getParentRoute: () => visitorRoute,
  path: '/shared',
  component: lazyRouteComponent(() => import('@/features/calls/pages/SharedPage'), 'SharedPage'),
});

export const callRoutes = { calls, call };
export const sharedRoutes = { shared };
