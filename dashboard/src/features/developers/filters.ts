// What the event log and the list of jobs are narrowed by: as an address holds it, and as the API is asked.

import type { operations, ReplayFilter } from '@/api/schema.gen';
import { dayAfter, startOfDay } from '@/lib/zone';

/** `live` and `open` are how the list is looked at, and narrow nothing. */
export const EVENT_SEARCH = [
  'status',
  'connection_id',
  'event_type',
  'external_id',
  'record_id',
  'from',
  'to',
  'live',
  'open',
  'tab',
] as const;

export type EventSearch = { [K in (typeof EVENT_SEARCH)[number]]?: string };
export type EventQuery = NonNullable<operations['list_events']['parameters']['query']>;

export const STATUSES = ['processed', 'pending', 'retrying', 'dead'] as const;
export type EventStatus = (typeof STATUSES)[number];

const NARROWING = ['status', 'connection_id', 'event_type', 'external_id', 'record_id', 'from', 'to'] as const;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Days are days of the workspace; the last one counts whole. What the address has wrong is left out. */
export function toEventQuery(search: EventSearch): EventQuery {
  const { from, to } = search;
  return {
    status: STATUSES.find((status) => status === search.status),
    connection_id: search.connection_id,
    event_type: search.event_type,
    external_id: search.external_id,
    record_id: search.record_id,
    received_from: from !== undefined && DATE.test(from) ? startOfDay(from) : undefined,
    received_before: to !== undefined && DATE.test(to) ? startOfDay(dayAfter(to)) : undefined,
  };
}

/** The same as the body of a replay. */
export function toReplayFilter(search: EventSearch): ReplayFilter {
  const { external_id, ...rest } = toEventQuery(search);
  const ids = external_id?.split(',').filter((id) => id !== '');
  return { ...rest, ...(ids === undefined ? {} : { external_ids: ids }) };
}

export function isNarrowed(search: EventSearch): boolean {
  return NARROWING.some((name) => search[name] !== undefined);
}

/** The search without what narrows it. */
export function widened(search: EventSearch): EventSearch {
  return { live: search.live, open: search.open };
}

/** What people paste into the one field: one of our ids says which record, anything else is an id of the provider's. */
export function idFilter(typed: string): Pick<EventSearch, 'external_id' | 'record_id'> {
  const id = typed.trim();
  if (id === '') {
    return { external_id: undefined, record_id: undefined };
  }
  const isOurs = /^(call|msg|vm|rec|trn)_/.test(id);
  return isOurs ? { record_id: id, external_id: undefined } : { external_id: id, record_id: undefined };
}

export const JOB_SEARCH = ['state', 'kind', 'open'] as const;
export type JobSearch = { [K in (typeof JOB_SEARCH)[number]]?: string };
/** As the page offers them; `all` is none to the API. */
export const JOB_STATES = ['dead', 'ready', 'running', 'done', 'discarded', 'all'] as const;

/** Without a word in the address: what waits for a person. */
export function jobState(search: JobSearch): (typeof JOB_STATES)[number] {
  return JOB_STATES.find((state) => state === search.state) ?? 'dead';
}
