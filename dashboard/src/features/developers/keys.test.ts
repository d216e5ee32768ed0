import { expect, test } from 'vitest';
import { grantable, keyState } from './keys';

const NOW = Date.parse('2026-11-21T12:00:00Z');

test('a key works until it is revoked or its time is over', () => {
  expect(keyState({}, NOW)).toBe('works');
  expect(keyState({ expires_at: '2026-11-21T13:00:00Z' }, NOW)).toBe('ends');
  expect(keyState({ expires_at: '2026-11-21T12:00:00Z' }, NOW)).toBe('ended');
  expect(keyState({ expires_at: '2026-11-21T13:00:00Z', revoked_at: '2026-11-20T00:00:00Z' }, NOW)).toBe('revoked');
});

test('nobody gives a key what is for people', () => {
  expect(grantable(['records.read', 'members.write', 'privacy.write', 'apps.write'])).toEqual([
    'records.read',
    'apps.write',
  ]);
});
