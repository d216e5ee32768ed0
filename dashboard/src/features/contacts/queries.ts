// What the pages of contacts read, and what they change.

import { $api, api } from '@/api/client';
import { PAGE_SIZE, paging, useRows } from '@/api/pages';
import { invalidateBelow, queryClient } from '@/api/query';
import type { Contact, ContactDetail, ContactImport, TimelineEntry } from '@/api/schema.gen';

export type { Contact, ContactDetail, ContactImport, ContactPart, TimelineEntry } from '@/api/schema.gen';

/** The kinds of a timeline, in the order of the filter. */
export const KINDS = ['call', 'message', 'voicemail'] as const;
export type Kind = (typeof KINDS)[number];

export const contactQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/contacts/{id}', { params: { path: { id } } });

export function useContacts(q: string | undefined) {
  const init = { params: { query: { q, limit: PAGE_SIZE } } };
  const key = $api.queryOptions('get', '/api/v1/contacts', init).queryKey;
  return useRows<Contact>($api.useInfiniteQuery('get', '/api/v1/contacts', init, paging), key);
}

/** Contacts that a dialog offers. */
const OFFERED = 20;

export const findQuery = (typed: string) =>
  $api.queryOptions('get', '/api/v1/contacts', {
    params: { query: { q: typed === '' ? undefined : typed, limit: OFFERED } },
  });

export function useTimeline(id: string, kind: Kind | undefined) {
  const init = { params: { path: { id }, query: { kind, limit: PAGE_SIZE } } };
  const key = $api.queryOptions('get', '/api/v1/contacts/{id}/timeline', init).queryKey;
  return useRows<TimelineEntry>($api.useInfiniteQuery('get', '/api/v1/contacts/{id}/timeline', init, paging), key);
}

export const exportsQuery = $api.queryOptions('get', '/api/v1/exports');

const at = (id: string) => ({ params: { path: { id } } });

/** What a change of a contact shows on: lists, calls, messages and voicemails carry its name. */
async function contactsChanged(): Promise<void> {
  await invalidateBelow('/api/v1/contacts', '/api/v1/calls', '/api/v1/messages', '/api/v1/voicemails');
}

export interface ContactForm {
  name: string;
  company: string;
  emails: string[];
}

export async function createContact(form: ContactForm & { phone: string }): Promise<Contact> {
  const text = (value: string): string | undefined => (value.trim() === '' ? undefined : value);
  const { data } = await api.POST('/api/v1/contacts', {
    body: { phone: text(form.phone), name: text(form.name), company: text(form.company), emails: form.emails },
  });
  await contactsChanged();
  return data as Contact;
}

/** Shows the change at once, and takes it back when the server refuses. */
export async function updateContact(id: string, form: ContactForm): Promise<void> {
  const { queryKey } = contactQuery(id);
  const before = queryClient.getQueryData<ContactDetail>(queryKey);
  await queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData(queryKey, (held: ContactDetail | undefined) =>
    held === undefined
      ? held
      : { ...held, name: form.name || null, company: form.company || null, emails: form.emails },
  );
  try {
    await api.PATCH('/api/v1/contacts/{id}', { ...at(id), body: form });
  } catch (error) {
    queryClient.setQueryData(queryKey, before);
    throw error;
  }
  await contactsChanged();
}

export async function mergeContacts(id: string, others: string[]): Promise<void> {
  const { data } = await api.POST('/api/v1/contacts/{id}/merge', { ...at(id), body: { contact_ids: others } });
  queryClient.setQueryData(contactQuery(id).queryKey, data);
  await contactsChanged();
}

export async function splitContact(id: string, number: string): Promise<Contact> {
  const { data } = await api.POST('/api/v1/contacts/{id}/split', { ...at(id), body: { number } });
  await contactsChanged();
  return data as Contact;
}

/** Begins an export; the list of exports tells how far it is. */
export async function exportContact(id: string): Promise<void> {
  await api.POST('/api/v1/contacts/{id}/export', at(id));
  await invalidateBelow('/api/v1/exports');
}

export async function eraseContact(id: string, number: string): Promise<void> {
  await api.POST('/api/v1/contacts/{id}/erase', { ...at(id), body: { number } });
}

/** Sends a file; with `isTrial` nothing is written. */
export async function importContacts(file: File, country: string, isTrial: boolean): Promise<ContactImport> {
  const { data } = await api.POST('/api/v1/contacts/import', {
    params: { query: { dry_run: isTrial, country } },
    body: file as unknown as string,
    headers: { 'content-type': 'text/csv' },
    // As it is: the client would write it as JSON.
    bodySerializer: (body) => body,
  });
  if (!isTrial) {
    await contactsChanged();
  }
  return data as ContactImport;
}
