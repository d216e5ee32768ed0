import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { liveQuery, overviewQuery } from '@/features/overview/queries';
import { workspaceRoute } from './root';

const overview = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/',
  loader: ({ context }) => {
    void context.queryClient.prefetchQuery(liveQuery);
    return context.queryClient.ensureQueryData(overviewQuery);
  },
  component: lazyRouteComponent(() => import('@/features/overview/pages/OverviewPage'), 'OverviewPage'),
});

export const overviewRoutes = { overview };
