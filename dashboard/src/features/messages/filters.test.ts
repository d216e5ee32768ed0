import { expect, it } from 'vitest';
import { setTimeZone } from '@/lib/format';
import { isFiltered, plainNumber, toQuery } from './filters';

it('asks for what the address says, and for nothing that it has wrong', () => {
  setTimeZone('UTC');
  expect(toQuery({ direction: 'inbound', status: 'nonsense', from: '2026-11-21', to: '2026-11-21' })).toEqual({
    q: undefined,
    direction: 'inbound',
    status: undefined,
    number: undefined,
    own_number: undefined,
    occurred_from: '2026-11-21T00:00:00.000Z',
    occurred_before: '2026-11-22T00:00:00.000Z',
  });
  expect(isFiltered({})).toBe(false);
  expect(isFiltered({ own: '+1' })).toBe(true);
});

it('writes numbers as they are kept', () => {
  expect(plainNumber('(415) 555-0123')).toBe('+14155550123');
  expect(plainNumber('+34 912 345 678')).toBe('+34912345678');
  expect(plainNumber('72345')).toBe('72345');
});
