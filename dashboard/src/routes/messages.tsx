import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { FILTERS } from '@/features/messages/filters';
import { searchOf } from '@/lib/search';
import { workspaceRoute } from './root';

const messages = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/messages',
  validateSearch: searchOf('contact', 'number', 'own', 'unanswered'),
  component: lazyRouteComponent(() => import('@/features/messages/pages/MessagesPage'), 'MessagesPage'),
});

const messageTable = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/messages/all',
  validateSearch: searchOf(...FILTERS),
  component: lazyRouteComponent(() => import('@/features/messages/pages/MessagesTablePage'), 'MessagesTablePage'),
});

export const messageRoutes = { messages, messageTable };
