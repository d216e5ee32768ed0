// What the pages of calls read, and what they change.

import { queryOptions } from '@tanstack/react-query';
import { $api, api } from '@/api/client';
import { PAGE_SIZE, paging, useRows } from '@/api/pages';
import { invalidate, queryClient } from '@/api/query';
import type { Call, CallDetail, CallWork, OutgoingMessage, SharedCall } from '@/api/schema.gen';
import { type CallFilters, toQuery } from './filters';

export type { Call, CallDetail, CallNote, CallShare, OutgoingMessage, SharedCall, Voicemail } from '@/api/schema.gen';

export const callQuery = (id: string) => $api.queryOptions('get', '/api/v1/calls/{id}', { params: { path: { id } } });

export const insightsQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/calls/{id}/insights', { params: { path: { id } } });

export const transcriptionQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/calls/{id}/transcription', { params: { path: { id } } });

/** Has the call's recordings written down; what stands there now is known at once, and the feed tells the rest. */
export async function transcribeCall(id: string): Promise<void> {
  const { data } = await api.POST('/api/v1/calls/{id}/transcription', { params: { path: { id } } });
  queryClient.setQueryData(transcriptionQuery(id).queryKey, data);
}

/** Has the chat server read it; the feed tells when it has. */
export async function analyseCall(id: string): Promise<void> {
  await api.POST('/api/v1/calls/{id}/analyse', { params: { path: { id } } });
}

export function useCalls(filters: CallFilters) {
  const init = { params: { query: { ...toQuery(filters), limit: PAGE_SIZE } } };
  const key = $api.queryOptions('get', '/api/v1/calls', init).queryKey;
  return useRows<Call>($api.useInfiniteQuery('get', '/api/v1/calls', init, paging), key);
}

/** More live calls than a strip can show. */
const MOST_LIVE = 24;

export const liveQuery = $api.queryOptions('get', '/api/v1/calls', {
  params: { query: { status: 'ringing,active', limit: MOST_LIVE } },
});

export const tagsQuery = $api.queryOptions('get', '/api/v1/tags');

export const sharesQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/calls/{id}/shares', { params: { path: { id } } });

export const textsQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/outgoing-messages', { params: { query: { call_id: id } } });

/** What a link shows. The token is no part of the key that the cache is looked through by others: the page has its own. */
export const sharedQuery = (token: string) =>
  queryOptions({
    queryKey: ['shared', token],
    queryFn: async (): Promise<SharedCall> =>
      (await api.POST('/api/v1/shared/look', { body: { token } })).data as SharedCall,
    retry: false,
    // The links to the audio in it work for five minutes at least.
    staleTime: 4 * 60_000,
    refetchInterval: false,
  });

/** Puts what people did with a call by now into what is shown, before the feed says so. */
function keep(id: string, work: CallWork): void {
  queryClient.setQueryData(callQuery(id).queryKey, (held: CallDetail | undefined) =>
    held === undefined ? held : { ...held, ...work, note_count: work.notes.length },
  );
  void invalidate('/api/v1/calls');
}

const at = (id: string) => ({ params: { path: { id } } });

export async function setResolved(id: string, isResolved: boolean, by: string): Promise<void> {
  const { queryKey } = callQuery(id);
  const before = queryClient.getQueryData(queryKey);
  await queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData(queryKey, (held: CallDetail | undefined) =>
    held === undefined
      ? held
      : {
          ...held,
          is_resolved: isResolved,
          resolved: isResolved ? { at: new Date().toISOString(), by: { id: null, name: by } } : null,
        },
  );
  try {
    const path = isResolved ? '/api/v1/calls/{id}/resolve' : '/api/v1/calls/{id}/reopen';
    const { data } = await api.POST(path, at(id));
    keep(id, data as CallWork);
  } catch (error) {
    queryClient.setQueryData(queryKey, before);
    throw error;
  }
}

export async function setTags(id: string, tags: string[]): Promise<void> {
  const { queryKey } = callQuery(id);
  const before = queryClient.getQueryData(queryKey);
  await queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData(queryKey, (held: CallDetail | undefined) => (held === undefined ? held : { ...held, tags }));
  try {
    const { data } = await api.PUT('/api/v1/calls/{id}/tags', { ...at(id), body: { tags } });
    keep(id, data as CallWork);
    void invalidate('/api/v1/tags');
  } catch (error) {
    queryClient.setQueryData(queryKey, before);
    throw error;
  }
}

export async function addNote(id: string, text: string): Promise<void> {
  const { data } = await api.POST('/api/v1/calls/{id}/notes', { ...at(id), body: { text } });
  keep(id, data as CallWork);
}

export async function editNote(id: string, noteId: string, text: string): Promise<void> {
  const params = { path: { id, note_id: noteId } };
  const { data } = await api.PATCH('/api/v1/calls/{id}/notes/{note_id}', { params, body: { text } });
  keep(id, data as CallWork);
}

export async function removeNote(id: string, noteId: string): Promise<void> {
  const params = { path: { id, note_id: noteId } };
  const { data } = await api.DELETE('/api/v1/calls/{id}/notes/{note_id}', { params });
  keep(id, data as CallWork);
}

export interface ShareWish {
  include: ('recording' | 'transcript' | 'summary')[];
  expires_in_hours: number;
  email?: string;
  note?: string;
}

/** Makes a link; its address is known only now. */
export async function makeShare(id: string, wish: ShareWish): Promise<string> {
  const { data } = await api.POST('/api/v1/calls/{id}/shares', { ...at(id), body: wish });
  void invalidate('/api/v1/calls/{id}/shares');
  return data?.url ?? '';
}

export async function revokeShare(id: string, shareId: string): Promise<void> {
  await api.DELETE('/api/v1/calls/{id}/shares/{share_id}', { params: { path: { id, share_id: shareId } } });
  await invalidate('/api/v1/calls/{id}/shares');
}

export async function followUp(id: string, text: string): Promise<OutgoingMessage | undefined> {
  const { data } = await api.POST('/api/v1/calls/{id}/follow-up', { ...at(id), body: { text } });
  await invalidate('/api/v1/outgoing-messages');
  return data;
}

export async function markHeard(id: string, isHeard: boolean): Promise<void> {
  const path = isHeard ? '/api/v1/voicemails/{id}/heard' : '/api/v1/voicemails/{id}/unheard';
  await api.POST(path, at(id));
  await invalidate('/api/v1/calls/{id}', '/api/v1/voicemails');
}
