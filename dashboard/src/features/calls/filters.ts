// What a list of calls is narrowed by: as an address holds it, and as the API is asked.

import type { operations } from '@/api/schema.gen';
import { dayAfter, startOfDay } from '@/lib/zone';

export const FILTERS = [
  'q',
  'outcome',
  'direction',
  'number',
  'agent_id',
  'queue',
  'ring_group',
  'ivr',
  'trunk',
  'did',
  'country',
  'connection',
  'transferred',
  'internal',
  'tag',
  'state',
  'voicemail',
  'recorded',
  'from',
  'to',
] as const;

export type CallFilters = { [K in (typeof FILTERS)[number]]?: string };
export type CallQuery = NonNullable<operations['list_calls']['parameters']['query']>;

export const OUTCOMES = [
  'answered',
  'missed',
  'voicemail',
  'abandoned',
  'no_answer',
  'rejected',
  'busy',
  'failed',
  'congestion',
] as const;

export const DIRECTIONS = ['inbound', 'outbound', 'internal'] as const;

function oneOf<const T extends string>(words: readonly T[], word: string | undefined): T | undefined {
  return words.find((each) => each === word);
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** The address names an hour or the like, and not days; a number of a report leads here with one. */
export function isExact(time: string | undefined): time is string {
  return time !== undefined && MOMENT.test(time) && !Number.isNaN(Date.parse(time));
}

function yesOrNo(word: string | undefined): boolean | undefined {
  return word === 'yes' ? true : word === 'no' ? false : undefined;
}

function moment(time: string | undefined, ofDay: (day: string) => string): string | undefined {
  if (isExact(time)) {
    return time;
  }
  return time !== undefined && DATE.test(time) ? ofDay(time) : undefined;
}

/** Days are days of the workspace; the last one counts whole. What the address has wrong is left out. */
export function toQuery(filters: CallFilters): CallQuery {
  const { from, to, state } = filters;
  return {
    q: filters.q,
    outcome: oneOf(OUTCOMES, filters.outcome),
    direction: oneOf(DIRECTIONS, filters.direction),
    number: filters.number,
    agent_id: filters.agent_id,
    queue: filters.queue,
    ring_group: filters.ring_group,
    ivr: filters.ivr,
    trunk: filters.trunk,
    did: filters.did,
    country: filters.country,
    connection_id: filters.connection,
    is_transferred: yesOrNo(filters.transferred),
    is_internal: yesOrNo(filters.internal),
    tag: filters.tag,
    is_resolved: state === 'resolved' ? true : state === 'open' ? false : undefined,
    is_voicemail: filters.voicemail === 'yes' ? true : undefined,
    has_recording: filters.recorded === 'yes' ? true : undefined,
    occurred_from: moment(from, startOfDay),
    occurred_before: moment(to, (day) => startOfDay(dayAfter(day))),
  };
}

/** What has no control of its own in the list: who comes from a report sees it, and can take it off. */
export const BROUGHT = [
  'queue',
  'ring_group',
  'ivr',
  'trunk',
  'did',
  'country',
  'connection',
  'transferred',
  'internal',
] as const;

export function isFiltered(filters: CallFilters): boolean {
  return FILTERS.some((name) => filters[name] !== undefined);
}

/** The number as people type it, as the API wants it: digits with a plus in front. */
export function plainNumber(typed: string): string {
  const digits = typed.replace(/[^\d]/g, '');
  if (digits === '') {
    return '';
  }
  const isAmerican = digits.length === 10 && !typed.trim().startsWith('+');
  return `+${isAmerican ? '1' : ''}${digits}`;
}
