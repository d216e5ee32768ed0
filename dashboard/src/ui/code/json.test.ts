import { expect, test } from 'vitest';
import { claimed, entriesOf, isBranch, pretty, summary } from './json';

test('a fact shows what it claims and nothing else', () => {
  const fact = { at: 'now', body: { record: 'leg', contact: { name: null, removed: false }, labels: [], talk_ms: 0 } };
  expect(claimed(fact)).toEqual({ at: 'now', body: { record: 'leg', talk_ms: 0 } });
});

test('what is empty is a leaf with its brackets', () => {
  const entries = entriesOf({ list: [], object: {}, some: [1, 2], nothing: null });
  expect(entries.map(({ value }) => (isBranch(value) ? summary(value) : String(value)))).toEqual([
    '[]',
    '{}',
    '[2]',
    'null',
  ]);
});

test('text that is no JSON stays as it is', () => {
  expect(pretty('a=1&b=2')).toBe('a=1&b=2');
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
});
