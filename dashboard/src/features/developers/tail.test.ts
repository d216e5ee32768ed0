import { expect, test } from 'vitest';
import type { Change } from '@/api/schema.gen';
import { heard, KEPT, type Tail } from './tail';

const change = (seq: number): Change => ({
  seq,
  kind: 'call',
  id: `call_${seq}`,
  verb: 'updated',
  fields: [],
  occurred_at: '2026-11-21T12:00:00Z',
  committed_at: '2026-11-21T12:00:00Z',
});
const seqs = (changes: Change[]): number[] => changes.map(({ seq }) => seq);
const empty: Tail = { shown: [], held: [], isPaused: false };

test('each change is shown once, the newest first, in whatever order they come', () => {
  const tail = heard(heard(empty, [change(5)]), [change(3), change(5), change(4)]);
  expect(seqs(tail.shown)).toEqual([5, 4, 3]);
});

test('a pause holds the view still and loses nothing', () => {
  const paused = heard({ ...heard(empty, [change(1)]), isPaused: true }, [change(2)]);
  expect(seqs(paused.shown)).toEqual([1]);
  expect(seqs(paused.held)).toEqual([2]);
});

test('it does not grow for ever', () => {
  const many = Array.from({ length: KEPT + 10 }, (_, index) => change(index + 1));
  const tail = heard(empty, many);
  expect(tail.shown).toHaveLength(KEPT);
  expect(tail.shown[0]?.seq).toBe(KEPT + 10);
});
