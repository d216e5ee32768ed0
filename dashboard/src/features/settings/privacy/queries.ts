import { $api } from '@/api/client';
import { PAGE_SIZE, paging, useRows } from '@/api/pages';

export const retentionQuery = $api.queryOptions('get', '/api/v1/retention');

const all = { params: { query: { limit: PAGE_SIZE } } };
/** How often exports under way are looked at, ms. */
const LOOK_AGAIN = 2_000;

export function useExports() {
  const query = $api.useInfiniteQuery('get', '/api/v1/exports', all, {
    ...paging,
    refetchInterval: ({ state }: { state: { data?: { pages: { data: { state: string }[] }[] } } }) =>
      state.data?.pages.some((page) => page.data.some((each) => each.state === 'making')) ? LOOK_AGAIN : false,
  });
  return useRows(query, $api.queryOptions('get', '/api/v1/exports', all).queryKey);
}
