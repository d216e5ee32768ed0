import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { contactQuery } from '@/features/contacts/queries';
import { searchOf } from '@/lib/search';
import { workspaceRoute } from './root';

const contacts = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/contacts',
  validateSearch: searchOf('q'),
  component: lazyRouteComponent(() => import('@/features/contacts/pages/ContactsPage'), 'ContactsPage'),
});

const contact = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/contacts/$id',
  validateSearch: searchOf('kind'),
  loader: ({ context, params }) => context.queryClient.ensureQueryData(contactQuery(params.id)),
  component: lazyRouteComponent(() => import('@/features/contacts/pages/ContactPage'), 'ContactPage'),
});

const importing = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/contacts/import',
  component: lazyRouteComponent(() => import('@/features/contacts/pages/ImportPage'), 'ImportPage'),
});

export const contactRoutes = { contacts, contact, importing };
