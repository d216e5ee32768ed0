// Who is signed in, where, and what they may do. Read once, kept by the query cache, and asked before a page of the
// workspace is shown.

import { useSuspenseQuery } from '@tanstack/react-query';
import { $api, api, forgetSession } from '@/api/client';
import { queryClient } from '@/api/query';
import type { MeView } from '@/api/schema.gen';

export type Me = MeView;
export type Permission = Me['permissions'][number];
export type Role = NonNullable<Me['tenant']>['role'];

export const meQuery = $api.queryOptions('get', '/api/v1/me', {}, { staleTime: 5 * 60_000, retry: false });

/** Pages inside the workspace may call it: their route has read it before they show. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether the caller may do this here. The server asks again; this only keeps useless buttons off the screen. */
export function useMay(permission: Permission): boolean {
  return useMe().permissions.includes(permission);
}

const workspaceQuery = $api.queryOptions('get', '/api/v1/workspace', {}, { staleTime: 5 * 60_000 });

/** The workspace's time zone, which every time on screen is shown in; the browser's until it is known. */
export { workspaceQuery };

/** A session has begun: everything read before belonged to nobody, or to somebody else. */
export async function sessionBegan(): Promise<void> {
  forgetSession();
  queryClient.clear();
  await queryClient.fetchQuery(meQuery);
}

export async function signOut(): Promise<void> {
  await api.POST('/api/v1/auth/logout', { body: {} });
  forgetSession();
  queryClient.clear();
}

/** Goes to another workspace of the same person. */
export async function switchTo(tenantId: string): Promise<void> {
  await api.POST('/api/v1/auth/switch', { body: { tenant_id: tenantId } });
  return beginAnew('/');
}

/**
 * Loads the page anew, because what is on screen, in memory and in the live feed belongs to another workspace or person. The
 * promise never ends: nothing is to be done on a page that is being left.
 */
export function beginAnew(path: string): Promise<never> {
  location.assign(path);
  return new Promise(() => {});
}
