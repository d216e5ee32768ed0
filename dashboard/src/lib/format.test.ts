import { beforeAll, describe, expect, it } from 'vitest';
import { ago, bytes, dayKey, duration, phone, setTimeZone, shortTime, spell } from './format';

describe('numbers', () => {
  it('shows American numbers as Americans do, and others in threes', () => {
    expect(phone('+14155550134')).toBe('+1 (415) 555-0134');
    expect(phone('+4930123456')).toBe('+49 30 123 456');
    expect(phone('anonymous')).toBe('anonymous');
  });
});

describe('times', () => {
  beforeAll(() => setTimeZone('America/New_York'));
  const now = Date.parse('2026-11-21T15:00:00Z');

  it('speaks of today by the clock of the workspace', () => {
    expect(dayKey('2026-11-21T03:00:00Z')).toBe('2026-11-20');
    expect(shortTime('2026-11-21T14:32:00Z', now)).toBe('9:32 AM');
  });

  it('adds the weekday within a week and the year when it is another', () => {
    expect(shortTime('2026-11-19T14:32:00Z', now)).toBe('Thu 9:32 AM');
    expect(shortTime('2025-01-05T14:32:00Z', now)).toBe('Jan 5, 2025');
  });

  it('tells how long ago in the largest unit that is one', () => {
    expect(ago(now - 5 * 60_000, now)).toBe('5 minutes ago');
    expect(ago(now - 26 * 3_600_000, now)).toBe('yesterday');
  });

  it('does not fall over a zone that the browser does not know', () => {
    setTimeZone('Mars/Olympus');
    expect(dayKey('2026-11-21T12:00:00Z')).toMatch(/^2026-11-2/);
    setTimeZone('America/New_York');
  });
});

describe('lengths', () => {
  it('clocks and spells', () => {
    expect(duration(247)).toBe('4:07');
    expect(duration(3729)).toBe('1:02:09');
    expect(spell(59)).toBe('59 s');
    expect(spell(7500)).toBe('2 h 5 min');
    expect(spell(3599)).toBe('1 h');
    expect(spell(7199)).toBe('2 h');
    expect(bytes(1_234_567)).toBe('1.2 MB');
  });
});
