import { expect, it } from 'vitest';
import { countryName, spanName, stepName } from './labels';

it('names steps as short as a chart needs them', () => {
  expect(stepName('hour', '2026-11-21', 9, true)).toBe('09:00');
  expect(stepName('hour', '2026-11-21', 9)).toBe('Nov 21 09:00');
  expect(stepName('week', '2026-11-16', null)).toBe('Nov 16');
  expect(stepName('month', '2026-11-01', null)).toBe('Nov 2026');
});

it('names spans in the unit that they are in', () => {
  expect(spanName(10, 20)).toBe('10–20 s');
  expect(spanName(30, 60)).toBe('30–60 s');
  expect(spanName(60, 180)).toBe('1–3 min');
  expect(spanName(3600, null)).toBe('≥ 1 h');
});

it('names countries, and leaves a code that nobody knows', () => {
  expect(countryName('MX')).toBe('Mexico');
  expect(countryName('?')).toBe('?');
});
