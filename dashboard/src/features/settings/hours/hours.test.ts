import { expect, it } from 'vitest';
import { copyToWeekdays, faults, isRight, nextSpan, proposal, toBody, toForm } from './hours';

const none = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };

it('shows the end of a day as midnight and sends it as 24:00', () => {
  const hours = { weekly: { ...none, fri: [{ from: '18:00', to: '24:00' }] }, closed_dates: ['2026-12-25'] };
  const form = toForm(hours);
  expect(form.weekly.fri).toEqual([{ from: '18:00', to: '00:00' }]);
  expect(toBody(form)).toEqual(hours);
});

it('finds what makes no sense before the server does', () => {
  expect(faults([{ from: '17:00', to: '09:00' }])).toEqual(['backwards']);
  expect(faults([{ from: '09:00', to: '' }])).toEqual(['incomplete']);
  // Whatever order they stand in, the later one overlaps.
  expect(
    faults([
      { from: '11:00', to: '15:00' },
      { from: '09:00', to: '12:00' },
    ]),
  ).toEqual(['overlaps', undefined]);
  expect(
    faults([
      { from: '09:00', to: '12:00' },
      { from: '12:00', to: '00:00' },
    ]),
  ).toEqual([undefined, undefined]);
  expect(isRight(proposal())).toBe(true);
});

it('gives Monday to Friday the hours of one day and leaves the weekend', () => {
  const form = { weekly: { ...none, tue: [{ from: '08:00', to: '12:00' }] }, closedDates: [] };
  const copied = copyToWeekdays(form, 'tue');
  expect(copied.weekly.fri).toEqual([{ from: '08:00', to: '12:00' }]);
  expect(copied.weekly.fri[0]).not.toBe(copied.weekly.mon[0]);
  expect(copied.weekly.sat).toEqual([]);
});

it('puts the next hours behind the last ones, and inside the day', () => {
  expect(nextSpan([{ from: '09:00', to: '12:00' }])).toEqual({ from: '13:00', to: '16:00' });
  expect(nextSpan([{ from: '09:00', to: '22:30' }])).toEqual({ from: '22:00', to: '00:00' });
});
