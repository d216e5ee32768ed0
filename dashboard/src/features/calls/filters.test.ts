import { beforeAll, expect, it } from 'vitest';
import { setTimeZone } from '@/lib/format';
import { isFiltered, plainNumber, toQuery } from './filters';

beforeAll(() => setTimeZone('America/New_York'));

it('asks for whole days of the workspace', () => {
  const query = toQuery({ from: '2026-11-01', to: '2026-11-01' });
  // The clocks go back on this day: it has 25 hours.
  expect(query.occurred_from).toBe('2026-11-01T04:00:00.000Z');
  expect(query.occurred_before).toBe('2026-11-02T05:00:00.000Z');
});

it('asks for exactly the hour, the menu and the transfers that a report leads to', () => {
  const query = toQuery({ from: '2026-11-01T14:00:00Z', to: '2026-11-01T15:00:00Z', ivr: '7000', transferred: 'yes' });
  expect(query.occurred_from).toBe('2026-11-01T14:00:00Z');
  expect(query.occurred_before).toBe('2026-11-01T15:00:00Z');
  expect(query).toMatchObject({ ivr: '7000', is_transferred: true });
});

it('leaves out what an address has wrong', () => {
  const query = toQuery({ outcome: 'lost', direction: 'up', state: 'x', from: 'yesterday' });
  expect(Object.values(query).filter((value) => value !== undefined)).toEqual([]);
});

it('tells open from resolved, and both from either', () => {
  expect(toQuery({ state: 'open' }).is_resolved).toBe(false);
  expect(toQuery({ state: 'resolved' }).is_resolved).toBe(true);
  expect(toQuery({}).is_resolved).toBeUndefined();
  expect(isFiltered({})).toBe(false);
  expect(isFiltered({ tag: 'vip' })).toBe(true);
});

it('reads numbers as people type them', () => {
  expect(plainNumber('(415) 555-0123')).toBe('+14155550123');
  expect(plainNumber('+49 30 123456')).toBe('+4930123456');
  expect(plainNumber('  ')).toBe('');
});
