import { $api } from '@/api/client';
import { PAGE_SIZE, paging, useRows } from '@/api/pages';
import { addDays, startOfDay } from '@/lib/zone';
import type { Action } from './words';

export interface Filters {
  actor?: string;
  action?: string;
  from?: string;
  to?: string;
}

/** The address has days of the workspace; the API takes moments. */
function query({ actor, action, from, to }: Filters) {
  return {
    actor,
    // The server says what it thinks of an action that it does not know.
    action: action as Action | undefined,
    since: isDay(from) ? startOfDay(from) : undefined,
    until: isDay(to) ? startOfDay(addDays(to, 1)) : undefined,
    limit: PAGE_SIZE,
  };
}

function isDay(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

export function useAudit(filters: Filters) {
  const init = { params: { query: query(filters) } };
  return useRows(
    // Nothing in the feed says that an entry was written: who comes to the page sees what there is.
    $api.useInfiniteQuery('get', '/api/v1/audit', init, { ...paging, refetchOnMount: 'always' }),
    $api.queryOptions('get', '/api/v1/audit', init).queryKey,
  );
}
