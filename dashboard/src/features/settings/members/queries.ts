import { $api } from '@/api/client';
import { PAGE_SIZE, paging, useRows } from '@/api/pages';

const everybody = { params: { query: { limit: PAGE_SIZE } } };

export const useMembers = () =>
  useRows(
    $api.useInfiniteQuery('get', '/api/v1/members', everybody, paging),
    $api.queryOptions('get', '/api/v1/members', everybody).queryKey,
  );

export const useInvitations = () =>
  useRows(
    $api.useInfiniteQuery('get', '/api/v1/invitations', everybody, paging),
    $api.queryOptions('get', '/api/v1/invitations', everybody).queryKey,
  );

/** What each role may do; it changes with the server's version. */
export const rolesQuery = $api.queryOptions('get', '/api/v1/roles', {}, { staleTime: Number.POSITIVE_INFINITY });
