import { expect, it } from 'vitest';
import { parseSearch, searchOf, stringifySearch } from './search';

it('keeps text as text, and leaves out what is empty', () => {
  const search = { from_number: '007', q: 'a b&c', status: '' };
  expect(parseSearch(stringifySearch(search))).toEqual({ from_number: '007', q: 'a b&c' });
  expect(stringifySearch({ q: undefined })).toBe('');
});

it('drops what a page does not know', () => {
  expect(searchOf('q', 'status')({ q: 'x', evil: '1', status: 7 })).toEqual({ q: 'x' });
});
