// What has been read stays read: a page seen before shows at once, from memory, and nothing is asked again because a tab
// came back to the front. What changes on the server arrives by the live feed (`realtime/`), which says what is stale.

import { type Query, QueryClient } from '@tanstack/react-query';
import { mayPass } from './errors';
import type { paths } from './schema.gen';

/** How long an answer counts as fresh while the feed is silent, ms. The feed is what makes it stale before. */
const FRESH = 60_000;
/** How long an answer is kept after its page was left, ms. */
const KEPT = 30 * 60_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH,
      gcTime: KEPT,
      refetchOnWindowFocus: false,
      refetchOnReconnect: 'always',
      retry: (failures, error) => failures < 2 && mayPass(error),
    },
    mutations: { retry: false },
  },
});

/** Pages of a list that are read again at once when it is stale; whoever has scrolled further is asked first. */
const PAGES_AT_ONCE = 3;

function isLong(query: Query): boolean {
  const data = query.state.data as { pages?: unknown[] } | undefined;
  return (data?.pages?.length ?? 0) > PAGES_AT_ONCE;
}

async function makeStale(isMeant: (path: string) => boolean): Promise<void> {
  const predicate = (query: Query): boolean => typeof query.queryKey[1] === 'string' && isMeant(query.queryKey[1]);
  await Promise.all([
    queryClient.invalidateQueries({ predicate: (query) => predicate(query) && !isLong(query) }),
    queryClient.invalidateQueries({ predicate: (query) => predicate(query) && isLong(query), refetchType: 'none' }),
  ]);
}

/** Marks everything that was read from a path as stale; what is on screen is read again, without a loader. */
export function invalidate(...stale: (keyof paths)[]): Promise<void> {
  return makeStale((path) => stale.includes(path as keyof paths));
}

/** As `invalidate`, for every path that begins so (`/api/v1/calls` and all below it). */
export function invalidateBelow(...prefixes: string[]): Promise<void> {
  return makeStale((path) => prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)));
}
