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
  'trunk',
  'did',
  'country',
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
    trunk: filters.trunk,
    did: filters.did,
    country: filters.country,
    tag: filters.tag,
    is_resolved: state === 'resolved' ? true : state === 'open' ? false : undefined,
    is_voicemail: filters.voicemail === 'yes' ? true : undefined,
    has_recording: filters.recorded === 'yes' ? true : undefined,
    occurred_from: from !== undefined && DATE.test(from) ? startOfDay(from) : undefined,
    occurred_before: to !== undefined && DATE.test(to) ? startOfDay(dayAfter(to)) : undefined,
  };
}

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
