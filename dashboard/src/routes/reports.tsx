import { createRoute, lazyRouteComponent, notFound } from '@tanstack/react-router';
import { searchOf } from '@/lib/search';
import { workspaceRoute } from './root';

// As in the feature's `filters.ts`, which is loaded with its pages: with the entry it would be paid for by every visit.
const NARROWED = [
  'range',
  'from',
  'to',
  'direction',
  'outcome',
  'connection',
  'agent',
  'queue',
  'ring_group',
  'trunk',
  'did',
] as const;

const reports = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/reports',
  validateSearch: searchOf(...NARROWED),
  component: lazyRouteComponent(() => import('@/features/reports/pages/ReportsPage'), 'ReportsPage'),
});

const report = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/reports/$kind',
  validateSearch: searchOf(...NARROWED, 'by', 'show'),
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
  validateSearch: searchOf(...NARROWED, 'report'),
  component: lazyRouteComponent(() => import('@/features/reports/pages/SchedulesPage'), 'SchedulesPage'),
});

export const reportRoutes = { reports, report, schedules };
