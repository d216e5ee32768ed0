// Steps, spans and places in words.

import { nameOfCountry } from '@/lib/countries';
import { clock, count, dayKey } from '@/lib/format';
import { dayName } from './filters';

/** A step of a report over time, as short as a chart needs it. A week is called by its Monday. */
export function stepName(step: string, date: string, hour: number | null | undefined, isOneDay = false): string {
  switch (step) {
    case 'hour': {
      const clock = `${String(hour ?? 0).padStart(2, '0')}:00`;
      return isOneDay ? clock : `${dayName(date, { day: 'numeric', month: 'short' })} ${clock}`;
    }
    case 'month':
      return dayName(date, { month: 'short', year: 'numeric' });
    default:
      return dayName(date, { day: 'numeric', month: 'short' });
  }
}

/** Mon, 16 Nov 14:32 */
export function dayAndClock(at: string): string {
  return `${dayName(dayKey(at), { weekday: 'short', day: 'numeric', month: 'short' })} ${clock(at)}`;
}

/** 10–20 s, 5–10 min, 1 h and more. */
export function spanName(from: number, before: number | null | undefined): string {
  const [size, unit] = from >= 3600 ? [3600, 'h'] : from >= 60 || (before ?? 0) > 120 ? [60, 'min'] : [1, 's'];
  const of = (seconds: number): string => count(Math.round((seconds / size) * 10) / 10);
  return before == null ? `≥ ${of(from)} ${unit}` : `${of(from)}–${of(before)} ${unit}`;
}

/** US as United States; what is no country's code stays as it is. */
export function countryName(code: string): string {
  try {
    return nameOfCountry(code);
  } catch {
    return code;
  }
}
