import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { hoursQuery } from '@/features/settings/hours/queries';
import { rulesQuery } from '@/features/settings/notifications/queries';
import { searchOf } from '@/lib/search';
import { workspaceRoute } from './root';

const notifications = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/notifications',
  validateSearch: searchOf('unread'),
  component: lazyRouteComponent(() => import('@/features/notifications/pages/NotificationsPage'), 'NotificationsPage'),
});

const rules = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/settings/notifications',
  validateSearch: searchOf('rule'),
  loader: ({ context }) => context.queryClient.ensureQueryData(rulesQuery),
  component: lazyRouteComponent(() => import('@/features/settings/notifications/pages/RulesPage'), 'RulesPage'),
});

const hours = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/settings/hours',
  loader: ({ context }) => context.queryClient.ensureQueryData(hoursQuery),
  component: lazyRouteComponent(() => import('@/features/settings/hours/pages/HoursPage'), 'HoursPage'),
});

export const notificationRoutes = { notifications, rules, hours };
