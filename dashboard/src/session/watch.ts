// Sessions end while pages are open: signed out elsewhere, removed, suspended, or an hour of working under somebody's name is
// over. What notices it first, a reading that is refused or the live feed that ends, asks once more who is there; and the
// routes send the person where they belong.

import type { AnyRouter } from '@tanstack/react-router';
import { ApiError, isSignedOut } from '@/api/errors';
import { queryClient } from '@/api/query';
import { feed } from '@/realtime/feed';
import { type Me, meQuery } from './me';

function isRefusal(error: unknown): boolean {
  return isSignedOut(error) || (error instanceof ApiError && error.code === 'tenant_suspended');
}

/** What decides which pages are open to somebody. */
function standingOf(me: Me | undefined): string | undefined {
  return me && `${me.tenant?.tenant_id} ${me.tenant?.status}`;
}

/** Listens for as long as the page is there. */
export function watchSession(router: AnyRouter): void {
  // A visitor is signed out and may be.
  const isInside = (): boolean => router.state.matches.some(({ routeId }) => routeId === '/workspace');
  let isAsking = false;
  const ask = async (): Promise<void> => {
    if (isInside() && !isAsking) {
      isAsking = true;
      await whoIsThere(router);
      isAsking = false;
    }
  };

  let standing: string | undefined;
  queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated') {
      return;
    }
    if (event.query.queryKey[1] !== meQuery.queryKey[1]) {
      if (event.action.type === 'error' && isRefusal(event.action.error)) {
        void ask();
      }
    } else if (event.action.type === 'success') {
      const now = standingOf(event.query.state.data as Me | undefined);
      if (standing !== undefined && now !== standing && isInside()) {
        void router.invalidate();
      }
      standing = now;
    }
  });
  feed.subscribe(() => {
    if (feed.state === 'waiting') {
      void ask();
    }
  });
}

async function whoIsThere(router: AnyRouter): Promise<void> {
  try {
    await queryClient.fetchQuery({ ...meQuery, staleTime: 0 });
  } catch (error) {
    // Anything else passes, and what was asked for says so itself.
    if (isSignedOut(error)) {
      const return_to = router.state.location.href;
      await router.navigate({ to: '/sign-in', search: { return_to } });
      queryClient.clear();
    }
  }
}
