// What the table of messages is narrowed by: as an address holds it, and as the API is asked.

import type { operations } from '@/api/schema.gen';
import { dayAfter, startOfDay } from '@/lib/zone';

export const FILTERS = ['q', 'direction', 'status', 'number', 'own', 'from', 'to'] as const;
export type MessageFilters = { [K in (typeof FILTERS)[number]]?: string };
type MessageQuery = NonNullable<operations['list_messages']['parameters']['query']>;

export const DIRECTIONS = ['inbound', 'outbound'] as const;
export const STATUSES = ['pending', 'sent', 'received', 'delivered', 'undelivered', 'failed'] as const;

function oneOf<const T extends string>(words: readonly T[], word: string | undefined): T | undefined {
  return words.find((each) => each === word);
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Days are days of the workspace; the last one counts whole. What the address has wrong is left out. */
export function toQuery({ q, direction, status, number, own, from, to }: MessageFilters): MessageQuery {
  return {
    q,
    direction: oneOf(DIRECTIONS, direction),
    status: oneOf(STATUSES, status),
    number,
    own_number: own,
    occurred_from: from !== undefined && DATE.test(from) ? startOfDay(from) : undefined,
    occurred_before: to !== undefined && DATE.test(to) ? startOfDay(dayAfter(to)) : undefined,
  };
}

export function isFiltered(filters: MessageFilters): boolean {
  return FILTERS.some((name) => filters[name] !== undefined);
}

/** A number as people type it, as it is kept: digits with a plus in front. Ten digits alone are American. */
export function plainNumber(typed: string): string {
  const digits = typed.replace(/\D/g, '');
  if (digits.length < 7) {
    return digits;
  }
  return `+${digits.length === 10 && !typed.trim().startsWith('+') ? '1' : ''}${digits}`;
}
