// Times, durations and numbers as people read them: in the workspace's time zone, in the language of the screen.

import { language } from '@/i18n';

let timeZone: string | undefined;

/** Sets the zone that every time is shown in; the workspace's, set when it is opened. */
export function setTimeZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    timeZone = zone;
    formats.clear();
  } catch {
    // A zone that this browser does not know: its own is better than nothing.
    timeZone = undefined;
  }
}

export function currentTimeZone(): string {
  return timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language()} ${name}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(language(), { ...options, timeZone });
    formats.set(key, found);
  }
  return found;
}

type When = string | number | Date;

/** 14:32 */
export function clock(at: When): string {
  return format('clock', { hour: 'numeric', minute: '2-digit' }).format(new Date(at));
}

/** 14:32:07 */
export function clockWithSeconds(at: When): string {
  return format('seconds', { hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(new Date(at));
}

/** 21 Nov 2026, 14:32:07 */
export function fullTime(at: When): string {
  return format('full', { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));
}

/** Saturday */
export function weekday(at: When): string {
  return format('weekday-long', { weekday: 'long' }).format(new Date(at));
}

/** 21 Nov 2026 */
export function day(at: When): string {
  return format('day', { dateStyle: 'medium' }).format(new Date(at));
}

/** The day in the workspace's zone as 2026-11-21, for comparing. */
export function dayKey(at: When): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(at),
  );
}

const DAY = 86_400_000;

/** As short as it is clear: the time today, the weekday and time within a week, else the date. */
export function shortTime(at: When, now: number = Date.now()): string {
  const date = new Date(at);
  if (dayKey(date) === dayKey(now)) {
    return clock(date);
  }
  const age = now - date.getTime();
  if (age > 0 && age < 6 * DAY) {
    return format('weekday', { weekday: 'short', hour: 'numeric', minute: '2-digit' }).format(date);
  }
  const isThisYear = dayKey(date).slice(0, 4) === dayKey(now).slice(0, 4);
  return isThisYear
    ? format('date', { day: 'numeric', month: 'short' }).format(date)
    : format('date-year', { day: 'numeric', month: 'short', year: 'numeric' }).format(date);
}

/** 5 minutes ago, in 3 hours */
export function ago(at: When, now: number = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const steps: [number, Intl.RelativeTimeFormatUnit][] = [
    [60, 'second'],
    [60, 'minute'],
    [24, 'hour'],
    [30, 'day'],
    [12, 'month'],
  ];
  const words = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  let value = seconds;
  for (const [size, unit] of steps) {
    if (Math.abs(value) < size) {
      return words.format(value, unit);
    }
    value = Math.round(value / size);
  }
  return words.format(value, 'year');
}

/** 4:07, 1:02:09 */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** 12 s, 4 min, 2 h 5 min: for lengths that are compared, not clocked. */
export function spell(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3570) {
    return `${Math.round(whole / 60)} min`;
  }
  // Rounded before it is taken apart: 59 minutes and 59 seconds are an hour and not 60 minutes.
  const minutes = Math.round(whole / 60);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** 42 s, 3 min 10 s, 48 min, 2 h 5 min: as `spell`, where seconds still matter beside a minute. */
export function length(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const rest = whole % 60;
  return whole < 60 || whole >= SHORT || rest === 0 ? spell(whole) : `${Math.floor(whole / 60)} min ${rest} s`;
}

/** From ten minutes on nobody counts seconds. */
const SHORT = 600;

/** 1,234 */
export function count(value: number): string {
  return new Intl.NumberFormat(language()).format(value);
}

/** 2.345 as 2.3: for numbers that are no counts. */
export function decimal(value: number, digits = 1): string {
  return new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value);
}

/** 24900 cents as $249; cents only where there are some. */
export function money(cents: number, currency: string): string {
  return new Intl.NumberFormat(language(), {
    style: 'currency',
    currency,
    minimumFractionDigits: cents % 100 === 0 ? 0 : 2,
  }).format(cents / 100);
}

/** 0.873 as 87 % */
export function percent(share: number): string {
  return new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** 1.2 MB */
export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  if (unit === 0) {
    // The short form of Intl is "449 byte".
    return `${count(size)} B`;
  }
  return new Intl.NumberFormat(language(), {
    style: 'unit',
    unit: units[unit],
    unitDisplay: 'short',
    maximumFractionDigits: size < 10 ? 1 : 0,
  }).format(size);
}

/**
 * A number in E.164 with the gaps that people know: +1 (415) 555-0134, else groups of three. Not a full number plan, which
 * would be larger than the rest of the dashboard; what is dialled and searched is always the plain number.
 */
export function phone(number: string): string {
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (american) {
    return `+1 (${american[1]}) ${american[2]}-${american[3]}`;
  }
  if (!/^\+\d{8,15}$/.test(number)) {
    return number;
  }
  const digits = number.slice(1);
  return `+${digits.slice(0, 2)} ${(digits.slice(2).match(/\d{1,3}(?=(\d{3})*$)/g) ?? []).join(' ')}`;
}

/** What a person or number is called in a list: the name, else the number, else nothing. */
export function who(name?: string | null, number?: string | null): string | undefined {
  if (name) {
    return name;
  }
  return number ? phone(number) : undefined;
}
