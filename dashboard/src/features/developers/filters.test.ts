import { expect, test } from 'vitest';
import { setTimeZone } from '@/lib/format';
import { idFilter, isNarrowed, toEventQuery, toReplayFilter } from './filters';
import { withNewest } from './live';

test('an address becomes a question, and what it has wrong is left out', () => {
  setTimeZone('America/New_York');
  const query = toEventQuery({ status: 'dead', from: '2026-11-01', to: '2026-11-01', open: 'evt_1' });
  // The day on which the clocks go back has 25 hours.
  expect(query).toEqual({
    status: 'dead',
    received_from: '2026-11-01T04:00:00.000Z',
    received_before: '2026-11-02T05:00:00.000Z',
  });
  expect(toEventQuery({ status: 'odd', from: 'yesterday' })).toEqual({});
});

test('a replay takes what the list is narrowed by', () => {
  expect(toReplayFilter({ external_id: '7,8', event_type: 'call.hangup', live: 'yes' })).toEqual({
    external_ids: ['7', '8'],
    event_type: 'call.hangup',
  });
  expect(isNarrowed({ live: 'yes', open: 'evt_1' })).toBe(false);
  expect(isNarrowed({ record_id: 'call_1' })).toBe(true);
});

test('a pasted id says itself what it is', () => {
  expect(idFilter(' call_0198 ')).toEqual({ record_id: 'call_0198', external_id: undefined });
  expect(idFilter('4503599627370496')).toEqual({ external_id: '4503599627370496', record_id: undefined });
});

const row = (id: string, status = 'processed') => ({ id, status });

test('new rows come on top, and a row that changed is shown as it is now', () => {
  const { rows, hasGap } = withNewest([row('3', 'pending'), row('1')], [row('4'), row('3'), row('2')]);
  expect(rows).toEqual([row('4'), row('3'), row('2'), row('1')]);
  expect(hasGap).toBe(false);
});

test('more than one look can show is noticed', () => {
  expect(withNewest([row('1')], [row('9'), row('8')]).hasGap).toBe(true);
  expect(withNewest([], [row('9')]).hasGap).toBe(false);
});
