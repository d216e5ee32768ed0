import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { searchOf } from '@/lib/search';
import { workspaceRoute } from './root';

const voicemails = createRoute({
  getParentRoute: () => workspaceRoute,
  path: '/voicemails',
  validateSearch: searchOf('id', 'state', 'q'),
  component: lazyRouteComponent(() => import('@/features/voicemails/pages/VoicemailsPage'), 'VoicemailsPage'),
});

export const voicemailRoutes = { voicemails };
