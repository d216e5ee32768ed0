// What the pages of imports read, and what they change.

import { $api, api, upload } from '@/api/client';
import { invalidateBelow, queryClient } from '@/api/query';
import type { Import, ImportPreview, ImportWish } from '@/api/schema.gen';

export type { Import, ImportLineError, ImportPreview, ImportWish } from '@/api/schema.gen';

/** What the server takes. */
export const MOST_BYTES = 2 * 1_024 ** 3;
/** How often a running import is looked at, ms. */
const LOOK_EVERY = 1_000;
/** Errors that the page shows; the file has them all. */
const SHOWN_ERRORS = 100;

export const FORMATS = ['ucm', 'asterisk', '3cx', 'columns'] as const;
export type Format = (typeof FORMATS)[number];

/** What a column can be, in the order in which people think of it. */
export const FIELDS = [
  'started_at',
  'answered_at',
  'ended_at',
  'duration_seconds',
  'ring_seconds',
  'talk_seconds',
  'direction',
  'from',
  'from_name',
  'to',
  'to_name',
  'outcome',
  'agent',
  'agent_name',
  'queue',
  'ring_group',
  'ivr',
  'trunk',
  'did',
  'account_code',
  'id',
  'call_id',
] as const;
export type Field = (typeof FIELDS)[number];

export function isRunning(found: Import): boolean {
  return found.state === 'checking' || found.state === 'importing';
}

export const importsQuery = {
  ...$api.queryOptions('get', '/api/v1/imports'),
  refetchInterval: (query: { state: { data: { data: Import[] } | undefined } }) =>
    query.state.data?.data.some(isRunning) ? 2 * LOOK_EVERY : (false as const),
};

export const importQuery = (id: string) => ({
  ...$api.queryOptions('get', '/api/v1/imports/{id}', { params: { path: { id } } }),
  refetchInterval: (query: { state: { data: Import | undefined } }) =>
    query.state.data !== undefined && isRunning(query.state.data) ? LOOK_EVERY : (false as const),
});

export const errorsQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/imports/{id}/errors', {
    params: { path: { id }, query: { limit: SHOWN_ERRORS } },
  });

export const previewQuery = (id: string, wish: ImportWish) => ({
  queryKey: ['preview', '/api/v1/imports/{id}/preview', id, wish],
  queryFn: async (): Promise<ImportPreview> => {
    const { data } = await api.POST('/api/v1/imports/{id}/preview', { params: { path: { id } }, body: wish });
    return data as ImportPreview;
  },
});

/** Brings a file; nothing is taken in yet. */
export async function bring(file: File, sent: (share: number) => void, signal: AbortSignal): Promise<Import> {
  const name = encodeURIComponent(file.name);
  const made = (await upload(`/api/v1/imports?name=${name}`, file, sent, signal)) as Import;
  await invalidateBelow('/api/v1/imports');
  return made;
}

export async function start(id: string, wish: ImportWish, isTrial: boolean): Promise<void> {
  const { data } = await api.POST('/api/v1/imports/{id}/start', {
    params: { path: { id } },
    body: { dry_run: isTrial, wish },
  });
  queryClient.setQueryData(importQuery(id).queryKey, data);
  queryClient.removeQueries({ queryKey: errorsQuery(id).queryKey });
  await invalidateBelow('/api/v1/imports');
}

export async function cancel(id: string): Promise<void> {
  const { data } = await api.POST('/api/v1/imports/{id}/cancel', { params: { path: { id } } });
  queryClient.setQueryData(importQuery(id).queryKey, data);
  await invalidateBelow('/api/v1/imports');
}

export async function remove(id: string): Promise<void> {
  await api.DELETE('/api/v1/imports/{id}', { params: { path: { id } } });
  await invalidateBelow('/api/v1/imports');
}
