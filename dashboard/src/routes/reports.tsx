import { createRoute, lazyRouteComponent, notFound } from '@tanstack/react-router';
import { KEPT, SEARCH } from '@/features/reports/names';
import { searchOf } from '@/lib/search';
import { workspaceRoute } from './root';

const reports = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/reports',
  validateSearch: searchOf(...KEPT),
  component: lazyRouteComponent(() => import('@/features/reports/pages/ReportsPage'), 'ReportsPage'),
});

const report = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/reports/$kind',
  validateSearch: searchOf(...SEARCH),
  loader: async ({ params }) => {
    const { isKind } = await import('@/features/reports/kinds');
    if (!isKind(params.kind)) {
      throw notFound();
    }
  },
  component: lazyRouteComponent(() => import('@/features/reports/pages/ReportPage'), 'ReportPage'),
});

const schedules = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/reports/schedules',
  validateSearch: searchOf(...KEPT, 'report'),
  component: lazyRouteComponent(() => import('@/features/reports/pages/SchedulesPage'), 'SchedulesPage'),
});

export const reportRoutes = { reports, report, schedules };
