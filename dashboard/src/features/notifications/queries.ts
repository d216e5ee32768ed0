// What the bell and the page read, and what reading changes. The feed's change of kind `notification` makes both stale.

import { useQuery } from '@tanstack/react-query';
import { $api, api } from '@/api/client';
import { PAGE_SIZE, paging, useRows } from '@/api/pages';
import { invalidate, queryClient } from '@/api/query';
import type { Notification, NotificationFeed } from '@/api/schema.gen';

export type { Notification, NotificationFinding, NotificationSend } from '@/api/schema.gen';

/** What the bell shows when it is opened. */
const LATEST = 6;

export const bellQuery = $api.queryOptions('get', '/api/v1/notifications', { params: { query: { limit: LATEST } } });

export function useBell() {
  return useQuery(bellQuery).data;
}

/** `unread` as the address has it: there, or not. */
export function useNotifications(unread: string | undefined) {
  const init = { params: { query: { limit: PAGE_SIZE, unread: unread === undefined ? undefined : true } } };
  const key = $api.queryOptions('get', '/api/v1/notifications', init).queryKey;
  return useRows<Notification>($api.useInfiniteQuery('get', '/api/v1/notifications', init, paging), key);
}

/** The server counts to a hundred. */
const MOST_COUNTED = 100;

export function countLabel(unread: number): string {
  return unread >= MOST_COUNTED ? `${MOST_COUNTED - 1}+` : String(unread);
}

/** Takes the mark off at once; the server says afterwards how many are left. */
function showRead(isMeant: (notification: Notification) => boolean): void {
  queryClient.setQueryData(bellQuery.queryKey, (held: NotificationFeed | undefined) => {
    if (held === undefined) {
      return held;
    }
    const gone = held.data.filter((each) => !each.is_read && isMeant(each)).length;
    const data = held.data.map((each) => (isMeant(each) ? { ...each, is_read: true } : each));
    return { ...held, data, unread_count: Math.max(held.unread_count - gone, 0) };
  });
}

export async function markRead(id: string): Promise<void> {
  showRead((notification) => notification.id === id);
  await api.POST('/api/v1/notifications/read', { body: { ids: [id] } });
  await invalidate('/api/v1/notifications');
}

/** Everything up to the newest that somebody has seen: what comes in meanwhile stays new. */
export async function markAllRead(newest: string): Promise<void> {
  showRead(() => true);
  await api.POST('/api/v1/notifications/read', { body: { up_to: newest } });
  await invalidate('/api/v1/notifications');
}
