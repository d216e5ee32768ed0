import { expect, test } from 'vitest';
import { ownPath } from './paths';

test('only paths of this site are gone back to', () => {
  expect(ownPath('/calls?q=a')).toBe('/calls?q=a');
  for (const path of ['//evil.example', '/\\evil.example', 'https://evil.example', 'calls', '', undefined]) {
    expect(ownPath(path)).toBeUndefined();
  }
});
