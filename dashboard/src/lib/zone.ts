// Days of the workspace as moments. A day is not always 24 hours long, and where it begins only the zone's own rules know.

import { currentTimeZone } from './format';

/** Milliseconds that the zone is ahead of UTC at a moment. */
function offset(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  const there = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return there - Math.floor(at / 1_000) * 1_000;
}

/** Where a day (2026-11-21) of the workspace begins, as the API writes times. */
export function startOfDay(day: string, timeZone: string = currentTimeZone()): string {
  return startOfHour(day, 0, timeZone);
}

/** Where an hour on the clock begins; the 24th is the first of the day after. */
export function startOfHour(day: string, hour: number, timeZone: string = currentTimeZone()): string {
  const asUtc = Date.parse(`${day}T00:00:00Z`) + hour * 3_600_000;
  // The offset is asked for where the hour really begins: it may change between the two.
  const guess = asUtc - offset(asUtc, timeZone);
  return new Date(asUtc - offset(guess, timeZone)).toISOString();
}

/** The day after, of the calendar. */
export function dayAfter(day: string): string {
  return addDays(day, 1);
}

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
