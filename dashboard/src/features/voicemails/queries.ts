// What the page of voicemails reads, and what it changes.

import { $api, api } from '@/api/client';
import { PAGE_SIZE, paging, useRows } from '@/api/pages';
import { invalidateBelow, queryClient } from '@/api/query';
import type { Voicemail } from '@/api/schema.gen';

export type { Voicemail } from '@/api/schema.gen';

/** Which voicemails are shown. */
export const STATES = ['all', 'new', 'heard'] as const;
export type State = (typeof STATES)[number];

export function heardOf(state: State): boolean | undefined {
  return { all: undefined, new: false, heard: true }[state];
}

export function useVoicemails(state: State, q: string | undefined) {
  const init = { params: { query: { q, is_heard: heardOf(state), limit: PAGE_SIZE } } };
  const key = $api.queryOptions('get', '/api/v1/voicemails', init).queryKey;
  return useRows<Voicemail>($api.useInfiniteQuery('get', '/api/v1/voicemails', init, paging), key);
}

export const voicemailQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/voicemails/{id}', { params: { path: { id } } });

export const recordingQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/recordings/{id}', { params: { path: { id } } });

/** Marks it at once, and takes that back when the server refuses. */
export async function setHeard(id: string, isHeard: boolean): Promise<void> {
  const { queryKey } = voicemailQuery(id);
  const before = queryClient.getQueryData<Voicemail>(queryKey);
  await queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData(queryKey, (held: Voicemail | undefined) => held && { ...held, is_heard: isHeard });
  try {
    const path = isHeard ? '/api/v1/voicemails/{id}/heard' : '/api/v1/voicemails/{id}/unheard';
    await api.POST(path, { params: { path: { id } } });
  } catch (error) {
    queryClient.setQueryData(queryKey, before);
    throw error;
  }
  await invalidateBelow('/api/v1/voicemails');
}
