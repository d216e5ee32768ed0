import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { workspaceRoute } from './root';

const overview = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/overview/pages/OverviewPage'), 'OverviewPage'),
});

export const overviewRoutes = { overview };
