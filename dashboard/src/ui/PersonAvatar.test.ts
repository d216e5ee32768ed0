import { expect, it } from 'vitest';
import { colorOf, initials } from './PersonAvatar';

it('takes the letters of the first and the last word', () => {
  expect(initials('Jordan Lee')).toBe('JL');
  expect(initials('ana maría gil')).toBe('AG');
  expect(initials('Acme')).toBe('A');
  expect(initials('  (Ömer) –  ')).toBe('Ö');
  expect(initials('')).toBe('');
});

it('gives a name the same colour always', () => {
  expect(colorOf('Jordan Lee')).toBe(colorOf('Jordan Lee'));
});
