// The week as the form holds it, and as the API does. The two differ in one thing: a field for times knows no 24:00, so
// midnight at the end of a day is 00:00 on screen.

import type { BusinessHours, WeeklyHours } from '@/api/schema.gen';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];
export const WEEKDAYS: readonly Day[] = DAYS.slice(0, 5);
/** Spans that a day can have; the server says so too. */
export const MOST_SPANS = 6;

export interface Span {
  from: string;
  to: string;
}

export interface HoursForm {
  weekly: Record<Day, Span[]>;
  closedDates: string[];
}

const MIDNIGHT = '00:00';
const END_OF_DAY = '24:00';
/** What a day gets that is switched on. */
export const OFFICE: Span = { from: '09:00', to: '17:00' };

function eachDay(spans: (day: Day) => Span[]): Record<Day, Span[]> {
  return Object.fromEntries(DAYS.map((day) => [day, spans(day)])) as Record<Day, Span[]>;
}

export function toForm(hours: Pick<BusinessHours, 'weekly' | 'closed_dates'>): HoursForm {
  const shown = ({ from, to }: Span): Span => ({ from, to: to === END_OF_DAY ? MIDNIGHT : to });
  return { weekly: eachDay((day) => hours.weekly[day].map(shown)), closedDates: [...hours.closed_dates] };
}

export function toBody(form: HoursForm): { weekly: WeeklyHours; closed_dates: string[] } {
  const kept = ({ from, to }: Span): Span => ({ from, to: to === MIDNIGHT ? END_OF_DAY : to });
  return { weekly: eachDay((day) => form.weekly[day].map(kept)), closed_dates: [...form.closedDates].sort() };
}

/** Monday to Friday, nine to five: what somebody who has none is offered. */
export function proposal(): HoursForm {
  return { weekly: eachDay((day) => (WEEKDAYS.includes(day) ? [{ ...OFFICE }] : [])), closedDates: [] };
}

/** Where the next span of a day begins: an hour after the last one, as far as there is room. */
export function nextSpan(spans: Span[]): Span {
  const last = spans.at(-1);
  if (last === undefined) {
    return { ...OFFICE };
  }
  const hour = Math.min(Number(last.to.slice(0, 2)) + 1, 22);
  const two = (value: number): string => String(value).padStart(2, '0');
  return { from: `${two(hour)}:00`, to: hour + 3 > 23 ? MIDNIGHT : `${two(hour + 3)}:00` };
}

/** Monday to Friday get the spans of one day. */
export function copyToWeekdays(form: HoursForm, day: Day): HoursForm {
  const spans = form.weekly[day];
  const copied = WEEKDAYS.map((each) => [each, spans.map((span) => ({ ...span }))]);
  return { ...form, weekly: { ...form.weekly, ...Object.fromEntries(copied) } };
}

export type Fault = 'incomplete' | 'backwards' | 'overlaps';

/** What is wrong with each span of a day, before the server is asked. */
export function faults(spans: Span[]): (Fault | undefined)[] {
  const end = (span: Span): string => (span.to === MIDNIGHT ? END_OF_DAY : span.to);
  const sorted = [...spans].sort((a, b) => a.from.localeCompare(b.from));
  return spans.map((span) => {
    if (span.from === '' || span.to === '') {
      return 'incomplete';
    }
    if (span.from >= end(span)) {
      return 'backwards';
    }
    const before = sorted[sorted.indexOf(span) - 1];
    return before !== undefined && end(before) > span.from ? 'overlaps' : undefined;
  });
}

export function isRight(form: HoursForm): boolean {
  return DAYS.every((day) => faults(form.weekly[day]).every((fault) => fault === undefined));
}
