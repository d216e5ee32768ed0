// Every route, by feature. A route is thin: its path, the filters that its address holds, what it reads ahead, and a page
// that is loaded when somebody goes there.

import { createRouter } from '@tanstack/react-router';
import { queryClient } from '@/api/query';
import { parseSearch, stringifySearch } from '@/lib/search';
import { watchSession } from '@/session/watch';
import { authRoutes, personRoutes } from './routes/auth';
import { callRoutes, sharedRoutes } from './routes/calls';
import { connectionRoutes } from './routes/connections';
import { contactRoutes } from './routes/contacts';
import { developerRoutes } from './routes/developers';
import { messageRoutes } from './routes/messages';
import { notificationRoutes } from './routes/notifications';
import { overviewRoutes } from './routes/overview';
import { platformRoutes } from './routes/platform';
import { reportRoutes } from './routes/reports';
import { Broken, NotFound, personRoute, rootRoute, visitorRoute, workspaceRoute } from './routes/root';
import { settingsRoutes } from './routes/settings';
import { voicemailRoutes } from './routes/voicemails';

const routeTree = rootRoute.addChildren({
  visitor: visitorRoute.addChildren({ ...authRoutes, ...sharedRoutes }),
  person: personRoute.addChildren({ ...personRoutes }),
  workspace: workspaceRoute.addChildren({
    ...overviewRoutes,
    ...notificationRoutes,
    ...callRoutes,
    ...connectionRoutes,
    ...messageRoutes,
    ...voicemailRoutes,
    ...contactRoutes,
    ...reportRoutes,
    ...settingsRoutes,
    ...platformRoutes,
    ...developerRoutes,
  }),
});

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  // The query cache decides what is fresh.
  defaultPreloadStaleTime: 0,
  // A page that comes at once needs no loader; one that does not, shows what was there until it does.
  defaultPendingMs: 400,
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
  parseSearch,
  stringifySearch,
});

watchSession(router);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
