// What the pages of messages read, and how a text is sent.

import { keepPreviousData } from '@tanstack/react-query';
import { $api, api } from '@/api/client';
import { PAGE_SIZE, paging, useRows } from '@/api/pages';
import { invalidateBelow, queryClient } from '@/api/query';
import type { Message, MessageThread, OutgoingMessage, PagedOutgoingMessage } from '@/api/schema.gen';
import { type MessageFilters, toQuery } from './filters';
import type { ThreadKey } from './thread';

export type { Message, MessageThread, OutgoingMessage } from '@/api/schema.gen';

export interface ThreadFilters {
  unanswered?: boolean;
  own_number?: string;
}

export function useThreads(filters: ThreadFilters) {
  const init = { params: { query: { ...filters, limit: PAGE_SIZE } } };
  const key = $api.queryOptions('get', '/api/v1/messages/threads', init).queryKey;
  return useRows<MessageThread>($api.useInfiniteQuery('get', '/api/v1/messages/threads', init, paging), key);
}

/** Messages of a thread that are read at once. */
const THREAD_PAGE = 50;

/** The messages of a thread, newest first. Without a contact there are none yet: it is a new number. */
export function useThreadMessages({ contact, number, own }: ThreadKey) {
  const query = { contact_id: contact, number, own_number: own, limit: THREAD_PAGE };
  const init = { params: { query } };
  const key = $api.queryOptions('get', '/api/v1/messages', init).queryKey;
  const isKnown = contact !== undefined;
  return useRows<Message>($api.useInfiniteQuery('get', '/api/v1/messages', init, { ...paging, enabled: isKnown }), key);
}

export function useMessages(filters: MessageFilters) {
  const init = { params: { query: { ...toQuery(filters), limit: PAGE_SIZE } } };
  const key = $api.queryOptions('get', '/api/v1/messages', init).queryKey;
  return useRows<Message>($api.useInfiniteQuery('get', '/api/v1/messages', init, paging), key);
}

/** Who is behind a number, for a thread that is opened by it. */
export const contactOfNumberQuery = (number: string) =>
  $api.queryOptions('get', '/api/v1/contacts', { params: { query: { phone: number, limit: 1 } } });

export const contactQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/contacts/{id}', { params: { path: { id } } });

export const findContactsQuery = (q: string) => ({
  ...$api.queryOptions('get', '/api/v1/contacts', { params: { query: { q, limit: 8 } } }),
  placeholderData: keepPreviousData,
  enabled: q !== '',
});

/** What is on its way to a number, or did not get there. */
export const outgoingQuery = (number: string) =>
  $api.queryOptions('get', '/api/v1/outgoing-messages', { params: { query: { to_number: number, limit: 50 } } });

export interface Text {
  to: string;
  /** The number of ours; the server takes the one that last spoke with them where none is said. */
  from: string | undefined;
  text: string;
}

/** Shows a text at once and sends it. When the request itself fails the text is taken back and the error thrown. */
export async function sendText({ to, from, text }: Text, author: string): Promise<void> {
  const { queryKey } = outgoingQuery(to);
  await queryClient.cancelQueries({ queryKey });
  const shown = placeholder({ to, from, text }, author);
  const change = (edit: (held: OutgoingMessage[]) => OutgoingMessage[]): void => {
    queryClient.setQueryData(queryKey, (held: PagedOutgoingMessage | undefined) => ({
      has_more: held?.has_more ?? false,
      next_cursor: held?.next_cursor ?? null,
      data: edit(held?.data ?? []),
    }));
  };
  change((held) => [shown, ...held]);
  try {
    const { data } = await api.POST('/api/v1/messages', {
      body: { to_number: to, from_number: from, text },
      // The same text once more is another text; the same request once more is not.
      headers: { 'idempotency-key': shown.id },
    });
    change((held) => held.map((each) => (each.id === shown.id && data !== undefined ? data : each)));
  } catch (error) {
    change((held) => held.filter(({ id }) => id !== shown.id));
    throw error;
  }
  await invalidateBelow('/api/v1/outgoing-messages');
}

function placeholder({ to, from, text }: Text, author: string): OutgoingMessage {
  const now = new Date().toISOString();
  return {
    id: crypto.randomUUID(),
    connection_id: '',
    call_id: null,
    contact_id: null,
    from_number: from ?? '',
    to_number: to,
    text,
    status: 'queued',
    problem: null,
    message_id: null,
    author: { id: null, name: author },
    created_at: now,
    updated_at: now,
  };
}
