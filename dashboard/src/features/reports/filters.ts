// What a report is narrowed to: as an address holds it, and as the API is asked. Days are days of the workspace.

import { language } from '@/i18n';
import { dayKey } from '@/lib/format';
import { addDays } from '@/lib/zone';
import { type FilterName, NARROWS, type ReportSearch } from './names';

const PRESETS = ['today', 'yesterday', '7d', '30d', 'month', 'last-month', 'year'] as const;
type Preset = (typeof PRESETS)[number];

export const RANGES = [...PRESETS, 'custom'] as const;
export type Range = (typeof RANGES)[number];

export const DIRECTIONS = ['inbound', 'outbound', 'internal'] as const;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const USUAL: Preset = '30d';

export interface Days {
  /** 2026-11-01 */
  from: string;
  /** The last day, itself included. */
  to: string;
}

/** The range that an address names; days that it names by date go before. */
export function rangeOf(search: ReportSearch): Range {
  if (isDate(search.from) || isDate(search.to)) {
    return 'custom';
  }
  return PRESETS.find((range) => range === search.range) ?? USUAL;
}

function isDate(text: string | undefined): text is string {
  return text !== undefined && DATE.test(text) && !Number.isNaN(Date.parse(text));
}

/** The days that a report is of. */
export function daysOf(search: ReportSearch, today: string = dayKey(Date.now())): Days {
  const range = rangeOf(search);
  if (range !== 'custom') {
    return daysOfRange(range, today);
  }
  const usual = daysOfRange(USUAL, today);
  const to = isDate(search.to) ? search.to : isDate(search.from) ? search.from : usual.to;
  const from = isDate(search.from) ? search.from : isDate(search.to) ? search.to : usual.from;
  return from <= to ? { from, to } : { from: to, to: from };
}

function daysOfRange(range: Preset, today: string): Days {
  const monthBegan = `${today.slice(0, 8)}01`;
  const yesterday = addDays(today, -1);
  const monthBefore = addDays(monthBegan, -1);
  switch (range) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: yesterday, to: yesterday };
    case '7d':
      return { from: addDays(today, -6), to: today };
    case 'month':
      return { from: monthBegan, to: today };
    case 'last-month':
      return { from: `${monthBefore.slice(0, 8)}01`, to: monthBefore };
    case 'year':
      return { from: `${today.slice(0, 4)}-01-01`, to: today };
    default:
      return { from: addDays(today, -29), to: today };
  }
}

export function lengthInDays({ from, to }: Days): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

export const GRANULARITIES = ['hour', 'day', 'week', 'month'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** As fine as can be read: a bar each, and not more bars than a screen has room for. */
export function granularityOf(search: ReportSearch, days: Days = daysOf(search)): Granularity {
  const asked = GRANULARITIES.find((each) => each === search.by);
  if (asked !== undefined && (asked !== 'hour' || lengthInDays(days) <= MOST_DAYS_BY_HOUR)) {
    return asked;
  }
  const length = lengthInDays(days);
  return length <= 2 ? 'hour' : length <= 62 ? 'day' : length <= 366 ? 'week' : 'month';
}

/** More hours than this in one chart are a carpet. */
export const MOST_DAYS_BY_HOUR = 14;

/** The filters that a report understands, without its dates and without those that it does not let itself be narrowed by. */
export function narrowsOf(search: ReportSearch, without: readonly FilterName[] = []): FilterName[] {
  return NARROWS.filter((name) => search[name] !== undefined && !without.includes(name));
}

/** What the API is asked; `connection` is called by its id there. */
export function toQuery(
  search: ReportSearch,
  without: readonly FilterName[] = [],
  today?: string,
): Record<string, string> {
  const { from, to } = daysOf(search, today);
  const asked: Record<string, string> = { from, to };
  for (const name of narrowsOf(search, without)) {
    asked[name === 'connection' ? 'connection_id' : name] = search[name] ?? '';
  }
  return asked;
}

/** 2026-11-21 as 21 Nov 2026. A day has no zone. */
export function dayName(day: string, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' }): string {
  return new Intl.DateTimeFormat(language(), { ...options, timeZone: 'UTC' }).format(Date.parse(`${day}T12:00:00Z`));
}
