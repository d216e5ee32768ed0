// The stand-ins beside the server, where it runs with them: what can be tried out, and having it happen.

import { $api, api } from '@/api/client';
import { invalidate, invalidateBelow } from '@/api/query';
import type { PlayCall } from '@/api/schema.gen';

export type Scenario = NonNullable<PlayCall['scenario']>;

export const sandboxQuery = $api.queryOptions('get', '/api/v1/sandbox', {}, { staleTime: 5 * 60_000 });

/** The newest calls, for a look at what was just started. */
export const latestQuery = $api.queryOptions('get', '/api/v1/calls', { params: { query: { limit: 4 } } });

/** Connects the workspace, or finds that it is; returns the connection's id. */
export async function connectSandbox(): Promise<string> {
  const { data } = await api.POST('/api/v1/sandbox/connect');
  await Promise.all([invalidate('/api/v1/sandbox'), invalidateBelow('/api/v1/connections')]);
  return (data as { id: string }).id;
}

/** The same with a telephone system. */
export async function connectTelephones(): Promise<string> {
  const query = { provider: 'clouducm' as const };
  const { data } = await api.POST('/api/v1/sandbox/connect', { params: { query } });
  await Promise.all([invalidate('/api/v1/sandbox'), invalidateBelow('/api/v1/connections')]);
  return (data as { id: string }).id;
}

/** Has somebody call, at the workspace's Dialpad unless another connection is named. A device writes a call down when it is over. */
export async function ring(scenario: Scenario, connection?: string): Promise<void> {
  const at = connection === undefined ? {} : { connection_id: connection, speed: 'at_once' as const };
  await api.POST('/api/v1/sandbox/calls', { body: { scenario, ...at } });
}

export async function sendText(): Promise<void> {
  await api.POST('/api/v1/sandbox/messages', { body: {} });
}

export async function fillHistory(connection?: string): Promise<void> {
  const at = connection === undefined ? {} : { connection_id: connection };
  await api.POST('/api/v1/sandbox/history', { body: { days: 14, calls: 200, ...at } });
}
