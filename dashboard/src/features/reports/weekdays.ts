import { addDays } from '@/lib/zone';
import { type Days, lengthInDays } from './filters';

/** The days of a period that are a given weekday, 0 for Monday; the latest first. */
export function datesOfWeekday(days: Days, weekday: number): string[] {
  const found: string[] = [];
  for (let back = 0; back < lengthInDays(days); back += 1) {
    const day = addDays(days.to, -back);
    if ((new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7 === weekday) {
      found.push(day);
    }
  }
  return found;
}
