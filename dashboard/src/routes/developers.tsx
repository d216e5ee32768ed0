import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { EVENT_SEARCH, JOB_SEARCH } from '@/features/developers/filters';
import { appQuery, connectionsQuery, jobCountsQuery, keysQuery } from '@/features/developers/queries';
import { searchOf } from '@/lib/search';
import { workspaceRoute } from './root';

const apps = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/developers/apps',
  component: lazyRouteComponent(() => import('@/features/developers/pages/AppsPage'), 'AppsPage'),
});

const app = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/developers/apps/$id',
  loader: ({ context: { queryClient }, params: { id } }) =>
    Promise.all([queryClient.ensureQueryData(appQuery(id)), queryClient.ensureQueryData(keysQuery(id))]),
  component: lazyRouteComponent(() => import('@/features/developers/pages/AppPage'), 'AppPage'),
});

const events = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/developers/events',
  validateSearch: searchOf(...EVENT_SEARCH),
  loader: ({ context }) => void context.queryClient.prefetchQuery(connectionsQuery),
  component: lazyRouteComponent(() => import('@/features/developers/pages/EventsPage'), 'EventsPage'),
});

const rejected = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/developers/rejected',
  loader: ({ context }) => void context.queryClient.prefetchQuery(connectionsQuery),
  component: lazyRouteComponent(() => import('@/features/developers/pages/RejectedPage'), 'RejectedPage'),
});

const jobs = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/developers/jobs',
  validateSearch: searchOf(...JOB_SEARCH),
  loader: ({ context }) => void context.queryClient.prefetchQuery(jobCountsQuery),
  component: lazyRouteComponent(() => import('@/features/developers/pages/JobsPage'), 'JobsPage'),
});

const tail = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/developers/tail',
  component: lazyRouteComponent(() => import('@/features/developers/pages/TailPage'), 'TailPage'),
});

const docs = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/developers/docs',
  validateSearch: searchOf('q', 'tag'),
  component: lazyRouteComponent(() => import('@/features/developers/pages/DocsPage'), 'DocsPage'),
});

export const developerRoutes = { apps, app, events, rejected, jobs, tail, docs };
