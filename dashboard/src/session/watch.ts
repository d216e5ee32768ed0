// Sessions end while pages are open: signed out elsewhere, removed, suspended, or an hour of working under somebody's name is
// over. The first reading that is refused asks once more who is there, and the routes send the person where they belong.

import type { AnyRouter } from '@tanstack/react-router';
import { ApiError, isSignedOut } from '@/api/errors';
import { queryClient } from '@/api/query';
import { meQuery } from './me';

function isRefusal(error: unknown): boolean {
  return isSignedOut(error) || (error instanceof ApiError && error.code === 'tenant_suspended');
}

/** Listens for as long as the page is there. */
export function watchSession(router: AnyRouter): void {
  let isAsking = false;
  queryClient.getQueryCache().subscribe((event) => {
    const isFailure = event.type === 'updated' && event.action.type === 'error' && isRefusal(event.action.error);
    const isOwn = event.query.queryKey[1] === meQuery.queryKey[1];
    // A visitor is signed out and may be.
    const isInside = router.state.matches.some(({ routeId }) => routeId === '/workspace');
    if (isFailure && !isOwn && isInside && !isAsking) {
      isAsking = true;
      void ask(router).finally(() => {
        isAsking = false;
      });
    }
  });
}

async function ask(router: AnyRouter): Promise<void> {
  try {
    await queryClient.fetchQuery({ ...meQuery, staleTime: 0 });
    await router.invalidate();
  } catch (error) {
    if (isSignedOut(error)) {
      const return_to = router.state.location.href;
      await router.navigate({ to: '/sign-in', search: { return_to } });
      queryClient.clear();
    }
  }
}
