import { expect, it } from 'vitest';
import type { TranscriptLine } from '@/api/schema.gen';
import { goesOn, lineAt, timed } from './transcript';

const line = (at: string | null, speaker = 'Ana', kind: TranscriptLine['kind'] = 'speech'): TranscriptLine => ({
  at,
  speaker,
  kind,
  content: 'x',
  is_agent: null,
});

const BEGAN = '2026-11-21T10:00:00Z';

it('finds the line that is being said', () => {
  const lines = timed(
    [line('2026-11-21T09:59:59Z'), line('2026-11-21T10:00:05Z'), line(null), line('2026-11-21T10:00:09Z', 'Ben')],
    BEGAN,
  );
  expect(lines.map(({ seconds }) => seconds)).toEqual([0, 5, undefined, 9]);
  expect(lineAt(lines, 0)).toBe(0);
  expect(lineAt(lines, 8.9)).toBe(1);
  expect(lineAt(lines, 100)).toBe(3);
});

it('leaves lines of another recording where they are', () => {
  const lines = [line('2026-11-21T10:00:05Z'), line('2026-11-21T10:01:00Z'), line('2026-11-21T10:01:07Z'), line(null)];
  const second = '2026-11-21T10:01:00Z';
  const places = (began: string, others: string[]) => timed(lines, began, others).map(({ seconds }) => seconds);
  expect(places(BEGAN, [second])).toEqual([5, undefined, undefined, undefined]);
  expect(places(second, [BEGAN])).toEqual([undefined, 0, 7, undefined]);
  expect(places(BEGAN, [BEGAN])).toEqual([5, 60, 67, undefined]);
});

it('does not take a remark for something said, and knows nothing without audio', () => {
  const lines = timed([line('2026-11-21T10:00:05Z', 'Ana', 'note')], BEGAN);
  expect(lineAt(lines, 60)).toBe(-1);
  expect(lineAt(timed([line('2026-11-21T10:00:05Z')], undefined), 60)).toBe(-1);
});

it('names a speaker once while they go on', () => {
  const lines = timed([line(null), line(null), line(null, 'Ben')], BEGAN);
  expect(lines.map((_, index) => goesOn(lines, index))).toEqual([false, true, false]);
});
