import { describe, expect, it } from 'vitest';
import type { Provider, ProviderField } from './queries';
import { changedSettings, inWords, sortFields, sortValues, stepOf } from './words';

const field = (name: string, more: Partial<ProviderField> = {}): ProviderField => ({
  name,
  label: name,
  help: `help of ${name}`,
  is_secret: false,
  is_required: false,
  is_flag: false,
  ...more,
});

const twilio: Provider = {
  provider: 'twilio',
  name: 'Twilio',
  purpose: 'Keeps.',
  delivers: false,
  steps: ['One', 'Two', 'Three'],
  fields: [
    field('account_sid', { is_required: true }),
    field('auth_token', { is_required: true, is_secret: true }),
    field('new_one'),
  ],
};

describe('what a provider declares', () => {
  it('is told in Spanish where the words are known, and as the server says it elsewhere', () => {
    const spoken = inWords(twilio, 'es');
    expect(spoken.fields.map(({ label }) => label)).toEqual(['SID de la cuenta', 'Token', 'new_one']);
    expect(spoken.steps[0]).toMatch(/^Inicie sesión/);
    expect(inWords(twilio, 'en')).toBe(twilio);
    expect(inWords({ ...twilio, provider: 'other' }, 'es').purpose).toBe('Keeps.');
  });

  it('keeps the server’s steps when ours are of another version', () => {
    expect(inWords({ ...twilio, steps: ['Only'] }, 'es').steps).toEqual(['Only']);
  });

  it('shows what is required first, and where nothing is, the first field', () => {
    expect(sortFields(twilio.fields).first.map(({ name }) => name)).toEqual(['account_sid', 'auth_token']);
    const free = [field('api_key'), field('unsigned')];
    expect(sortFields(free)).toEqual({ first: [free[0]], more: [free[1]] });
  });
});

describe('the values of a form', () => {
  it('go to settings and credentials, without what was left empty', () => {
    const given = { account_sid: ' AC1 ', auth_token: 's3cret', new_one: '  ' };
    expect(sortValues(twilio.fields, given)).toEqual({
      settings: { account_sid: 'AC1' },
      credentials: { auth_token: 's3cret' },
    });
  });

  it('are sent when they changed, and taken away when they were emptied', () => {
    const fields = [field('a'), field('b'), field('c')];
    expect(changedSettings(fields, { a: '1', b: '2' }, { a: '1', b: '', c: '3' })).toEqual({ b: null, c: '3' });
  });
});

it('setting up goes from the check over the webhooks to the first event', () => {
  expect(stepOf('pending', false, false)).toBe(0);
  expect(stepOf('failing', true, false)).toBe(0);
  expect(stepOf('connected', false, false)).toBe(1);
  expect(stepOf('connected', true, false)).toBe(2);
  expect(stepOf('failing', true, true)).toBe(3);
});
