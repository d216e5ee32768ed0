// What the pages of connections read, and what they change.

import { $api, api } from '@/api/client';
import { invalidate, invalidateBelow, queryClient } from '@/api/query';
import type {
  PagedConnectionActivity as Activities,
  CatchUp,
  ConnectionDetail,
  IssuedWebhook,
  TestCallSent,
} from '@/api/schema.gen';

export type {
  ConnectionActivity,
  ConnectionChecked,
  ConnectionDetail,
  IssuedWebhook,
  Provider,
  ProviderField,
  WebhookStanding,
} from '@/api/schema.gen';

/** How all connections stand, with their names: what the list shows. */
export const activityQuery = $api.queryOptions('get', '/api/v1/connections/activity');

export const providersQuery = $api.queryOptions(
  'get',
  '/api/v1/providers',
  {},
  { staleTime: Number.POSITIVE_INFINITY },
);

const at = (id: string) => ({ params: { path: { id } } });

export const connectionQuery = (id: string) => $api.queryOptions('get', '/api/v1/connections/{id}', at(id));

/** Asks the provider, so it is read when somebody looks and not again by itself. */
export const driftQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/connections/{id}/drift', at(id), { staleTime: 5 * 60_000, retry: false });

/** The first events of a connection, until one is there. */
export const firstEventQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/events', { params: { query: { connection_id: id, limit: 1 } } });

export const refusedQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/rejected-deliveries', { params: { query: { connection_id: id, limit: 10 } } });

/** Everything that is read of connections is read again. */
export function connectionsChanged(): Promise<void> {
  return invalidateBelow('/api/v1/connections');
}

function keep(detail: ConnectionDetail): ConnectionDetail {
  queryClient.setQueryData(connectionQuery(detail.id).queryKey, detail);
  // With other credentials it may have become the workspace's sandbox, or no longer be it.
  void invalidate('/api/v1/connections', '/api/v1/connections/activity', '/api/v1/sandbox');
  return detail;
}

export type Values = Record<string, string | null>;

export async function createConnection(body: {
  provider: string;
  name: string;
  settings: Values;
  credentials: Values;
}): Promise<ConnectionDetail> {
  return keep((await api.POST('/api/v1/connections', { body })).data as ConnectionDetail);
}

export async function updateConnection(
  id: string,
  body: { name?: string; settings?: Values; enabled?: boolean },
): Promise<void> {
  keep((await api.PATCH('/api/v1/connections/{id}', { ...at(id), body })).data as ConnectionDetail);
}

export async function setCredentials(id: string, credentials: Values): Promise<void> {
  keep(
    (await api.PUT('/api/v1/connections/{id}/credentials', { ...at(id), body: { credentials } }))
      .data as ConnectionDetail,
  );
}

/** Gives the connection another webhook secret, which can be read this once. */
export async function replaceSecret(id: string): Promise<string> {
  const { data } = await api.PUT('/api/v1/connections/{id}/webhook-secret', { ...at(id), body: {} });
  await invalidate('/api/v1/connections/{id}');
  return (data as { webhook_secret: string }).webhook_secret;
}

/** Where a telephone system sends its call records; the password is not in it. */
export const recordWebhookQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/connections/{id}/record-webhook', at(id));

/** Gives a telephone system another password, which can be read this once. */
export async function replacePassword(id: string): Promise<IssuedWebhook> {
  const { data } = await api.PUT('/api/v1/connections/{id}/webhook-password', { ...at(id), body: {} });
  await connectionsChanged();
  return data as IssuedWebhook;
}

/** Sends a made-up call; its id. */
export async function sendTestCall(id: string): Promise<string> {
  const { data } = await api.POST('/api/v1/connections/{id}/test-call', at(id));
  return (data as TestCallSent).call_id;
}

export async function checkConnection(id: string) {
  const { data } = await api.POST('/api/v1/connections/{id}/check', at(id));
  await connectionsChanged();
  return data;
}

/** Makes the webhooks at the provider, or makes right what is there. */
export async function repair(id: string): Promise<void> {
  await api.POST('/api/v1/connections/{id}/repair', at(id));
  await connectionsChanged();
}

export async function catchUp(id: string): Promise<boolean> {
  const { data } = await api.POST('/api/v1/connections/{id}/catch-up', { ...at(id), body: {} });
  return data?.queued ?? false;
}

/** A catch-up that waits or is under way. */
export function isGoing(last: CatchUp | null | undefined): boolean {
  return last?.state === 'ready' || last?.state === 'running';
}

/** How the last catch-up of a telephone system stands; asked again while it is going. */
export const catchUpQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/connections/{id}/catch-up', at(id), {
    refetchInterval: ({ state }) => (isGoing(state.data?.last) ? 1_500 : false),
  });

/** Has a telephone system's calls of a range read again, until now unless said. False when that is going on already. */
export async function readRange(id: string, since: string, until?: string): Promise<boolean> {
  const body = until === undefined ? { since } : { since, until };
  const { data } = await api.POST('/api/v1/connections/{id}/catch-up', { ...at(id), body });
  await invalidate('/api/v1/connections/{id}/catch-up');
  return data?.queued ?? false;
}

/** Leaves for the provider's sign-in, from where the person comes back to the connection's page. */
export async function signIn(id: string): Promise<void> {
  const { data } = await api.POST('/api/v1/connections/{id}/sign-in', at(id));
  location.assign((data as { url: string }).url);
}

export async function signOut(id: string): Promise<void> {
  keep((await api.POST('/api/v1/connections/{id}/sign-out', at(id))).data as ConnectionDetail);
}

export async function removeConnection(id: string, force: boolean): Promise<void> {
  await api.DELETE('/api/v1/connections/{id}', { params: { path: { id }, query: force ? { force: true } : {} } });
  queryClient.setQueryData(activityQuery.queryKey, (held: Activities | undefined) =>
    held === undefined ? held : { ...held, data: held.data.filter(({ connection_id }) => connection_id !== id) },
  );
}

/** Forgets a connection that is gone, once no page shows it any more. */
export async function forgetConnection(id: string): Promise<void> {
  queryClient.removeQueries({ queryKey: connectionQuery(id).queryKey });
  await invalidate('/api/v1/connections', '/api/v1/connections/activity', '/api/v1/sandbox');
}
