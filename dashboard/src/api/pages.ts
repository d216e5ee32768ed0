// Lists that are read page by page. The live feed makes them stale; as long as little was read, all of it is read again,
// unseen. Somebody who has scrolled far keeps what they look at, and a button at the top brings what is new.

import { type InfiniteData, type QueryKey, type UseInfiniteQueryResult, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';

interface PageOf<T> {
  data: T[];
  next_cursor?: string | null;
}

export interface Rows<T> {
  rows: T[];
  isPending: boolean;
  error: unknown;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  /** There is something newer than what is shown. */
  hasNews: boolean;
  /** Reads the first page again and forgets the rest. */
  showNews: () => void;
  retry: () => void;
}

/** Rows of a page when nobody says otherwise. */
export const PAGE_SIZE = 100;

/** The third argument of `$api.useInfiniteQuery` for our lists. */
export const paging = {
  pageParamName: 'cursor',
  // No page before the first. Not `undefined`, which the library takes for a 0 and sends.
  initialPageParam: null as string | null,
  getNextPageParam: (page: { next_cursor?: string | null }): string | null => page.next_cursor ?? null,
  // The feed says when a list is stale; time does not.
  staleTime: Number.POSITIVE_INFINITY,
} as const;

export function useRows<T>(query: UseInfiniteQueryResult<InfiniteData<PageOf<T>>, unknown>, key: QueryKey): Rows<T> {
  const client = useQueryClient();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, isFetching, fetchNextPage, refetch } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  const loadMore = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  return {
    rows,
    isPending,
    error: data === undefined ? error : undefined,
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    loadMore,
    // Made stale by the feed, that is; a list that is read anew at each visit is stale at once.
    hasNews: client.getQueryState(key)?.isInvalidated === true && !isFetching && rows.length > 0,
    showNews: () => void client.resetQueries({ queryKey: key, exact: true }),
    retry: () => void refetch(),
  };
}
