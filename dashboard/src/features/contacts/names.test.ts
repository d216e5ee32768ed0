import { expect, it } from 'vitest';
import { titleOf } from './names';

it('calls a contact by the nearest thing to a name', () => {
  const key = { natural_key: '+14155550123' };
  expect(titleOf({ ...key, name: 'Jordan', company: 'Acme' })).toBe('Jordan');
  expect(titleOf({ ...key, name: null, company: 'Acme', phone: '+14155550123' })).toBe('Acme');
  expect(titleOf({ ...key, phone: '+14155550123' })).toBe('+1 (415) 555-0123');
  expect(titleOf({ natural_key: 'a@x.com', emails: ['a@x.com'] })).toBe('a@x.com');
  expect(titleOf({ natural_key: '6131436978913280' })).toBe('6131436978913280');
});
