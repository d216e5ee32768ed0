import { describe, expect, it } from 'vitest';
import { daysOf, granularityOf, lengthInDays, rangeOf, toQuery } from './filters';
import { datesOfWeekday } from './weekdays';

const TODAY = '2026-03-01';

describe('the days of a report', () => {
  it('are what a range says, counted from today', () => {
    expect(daysOf({}, TODAY)).toEqual({ from: '2026-01-31', to: TODAY });
    expect(daysOf({ range: 'yesterday' }, TODAY)).toEqual({ from: '2026-02-28', to: '2026-02-28' });
    expect(daysOf({ range: '7d' }, TODAY)).toEqual({ from: '2026-02-23', to: TODAY });
    expect(daysOf({ range: 'month' }, TODAY)).toEqual({ from: TODAY, to: TODAY });
    expect(daysOf({ range: 'last-month' }, TODAY)).toEqual({ from: '2026-02-01', to: '2026-02-28' });
    expect(daysOf({ range: 'last-month' }, '2026-01-15')).toEqual({ from: '2025-12-01', to: '2025-12-31' });
    expect(daysOf({ range: 'year' }, TODAY)).toEqual({ from: '2026-01-01', to: TODAY });
  });

  it('are those of the address where it names days, the earlier first, and the usual ones where it names nonsense', () => {
    expect(daysOf({ from: '2026-02-03', to: '2026-01-02' }, TODAY)).toEqual({ from: '2026-01-02', to: '2026-02-03' });
    expect(daysOf({ from: '2026-02-03' }, TODAY)).toEqual({ from: '2026-02-03', to: '2026-02-03' });
    expect(daysOf({ from: '2026-99-99', range: 'nonsense' }, TODAY)).toEqual(daysOf({}, TODAY));
    expect(rangeOf({ from: '2026-02-03', range: 'today' })).toBe('custom');
  });

  it('decide how fine a chart is, unless the address says so', () => {
    expect(granularityOf({ range: 'today' })).toBe('hour');
    expect(granularityOf({ range: '30d' })).toBe('day');
    expect(granularityOf({ from: '2026-01-01', to: '2026-12-31' })).toBe('week');
    expect(granularityOf({ from: '2024-01-01', to: '2026-12-31' })).toBe('month');
    expect(granularityOf({ range: '30d', by: 'week' })).toBe('week');
    expect(granularityOf({ range: '30d', by: 'hour' })).toBe('day');
    expect(lengthInDays({ from: '2026-03-28', to: '2026-03-30' })).toBe(3);
  });
});

describe('what the API is asked', () => {
  it('has no filter that the report does not understand, and none of how it is drawn', () => {
    const search = { range: 'today', outcome: 'missed', agent: '1001', connection: 'c1', by: 'hour', show: 'wait' };
    expect(toQuery(search, ['outcome'], TODAY)).toEqual({ from: TODAY, to: TODAY, agent: '1001', connection_id: 'c1' });
  });
});

it('names the days of a period that are a weekday, the latest first', () => {
  expect(datesOfWeekday({ from: '2026-11-01', to: '2026-11-21' }, 0)).toEqual([
    '2026-11-16',
    '2026-11-09',
    '2026-11-02',
  ]);
  expect(datesOfWeekday({ from: '2026-11-21', to: '2026-11-21' }, 6)).toEqual([]);
});
