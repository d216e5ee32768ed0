import { expect, it } from 'vitest';
import { addDays, dayAfter, startOfDay, startOfHour } from './zone';

it('knows where days begin, also those on which the clocks change', () => {
  expect(startOfDay('2026-07-01', 'Europe/Madrid')).toBe('2026-06-30T22:00:00.000Z');
  expect(startOfDay('2026-03-29', 'Europe/Madrid')).toBe('2026-03-28T23:00:00.000Z');
  expect(startOfDay('2026-03-30', 'Europe/Madrid')).toBe('2026-03-29T22:00:00.000Z');
  expect(startOfDay('2026-01-01', 'Asia/Kolkata')).toBe('2025-12-31T18:30:00.000Z');
});

it('counts in days of the calendar', () => {
  expect(dayAfter('2026-02-28')).toBe('2026-03-01');
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
});

it('knows where hours begin, and that the last one ends a day', () => {
  expect(startOfHour('2026-11-20', 9, 'America/Chicago')).toBe('2026-11-20T15:00:00.000Z');
  expect(startOfHour('2026-11-20', 24, 'America/Chicago')).toBe(startOfDay('2026-11-21', 'America/Chicago'));
});
