import { expect, it } from 'vitest';
import { atOf, idOf, oursOf, talkOf, wordOf } from './entries';
import type { TimelineEntry } from './queries';

const message = { kind: 'message', message: { id: 'msg_1', occurred_at: '2026-11-21T10:00:00Z' } } as TimelineEntry;

it('finds the time and the id of every kind', () => {
  expect(atOf(message)).toBe('2026-11-21T10:00:00Z');
  expect(idOf(message)).toBe('msg_1');
});

it('says what came of a call, and that one goes on', () => {
  expect(wordOf({})).toBe('live');
  expect(wordOf({ outcome: 'missed' })).toBe('missed');
  expect(talkOf({ duration_seconds: 0 })).toBeUndefined();
  expect(talkOf({ duration_seconds: 65 })).toBe('1:05');
});

it('knows which number is ours', () => {
  expect(oursOf({ direction: 'outbound', from_number: 'a', to_number: 'b' })).toBe('a');
  expect(oursOf({ direction: 'inbound', from_number: 'a', to_number: 'b' })).toBe('b');
});
