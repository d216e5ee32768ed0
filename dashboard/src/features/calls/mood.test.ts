import { expect, test } from 'vitest';
import { bars } from './mood';

const turn = (number: number, speaker: 'customer' | 'agent', score: number | null) => ({
  turn: number,
  speaker,
  score,
});

test('a short call has a bar for each line', () => {
  const turns = [turn(0, 'agent', 0), turn(2, 'customer', -60), turn(3, 'agent', null)];
  expect(bars(turns, 10).map(({ turn: line, score }) => [line, score])).toEqual([
    [0, 0],
    [2, -60],
    [3, null],
  ]);
  expect(bars([], 10)).toEqual([]);
});

test('of a long call neighbours share one, and the customer is not drowned by a cheerful agent', () => {
  const turns = [turn(0, 'agent', 90), turn(1, 'customer', -40), turn(2, 'customer', 10), turn(3, 'agent', 20)];
  expect(bars(turns, 2).map(({ turn: line }) => line)).toEqual([1, 2]);
});
