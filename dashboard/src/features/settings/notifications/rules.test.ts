import { expect, it } from 'vitest';
import { ApiError } from '@/api/errors';
import type { NotificationRule, Problem } from '@/api/schema.gen';
import { setLanguage } from '@/i18n';
import { blank, conditionOf, faultLine, KINDS, quietChoices, tellsNobody, toBody, toForm } from './rules';
import type { RuleTexts } from './text';

const rule: NotificationRule = {
  id: 'rule_1',
  name: null,
  condition: { kind: 'connection_silent', minutes: 45 },
  is_on: true,
  only_in_hours: true,
  in_app: false,
  email: { to: 'chosen', user_ids: ['usr_1'] },
  slack: { connection_id: 'con_1' },
  language: 'es',
  quiet_minutes: 90,
  open_incidents: 0,
  last_fired_at: null,
  created_at: '2026-11-21T10:00:00Z',
  updated_at: '2026-11-21T10:00:00Z',
};

it('sends back what it was given', () => {
  const { id, is_on, open_incidents, last_fired_at, created_at, updated_at, ...wish } = rule;
  expect(toBody(toForm(rule))).toEqual(wish);
});

it('knows the condition of every kind, and keeps the numbers of the others', () => {
  const form = { ...toForm(rule), calls: 9 };
  for (const kind of KINDS) {
    expect(conditionOf({ ...form, kind }).kind).toBe(kind);
  }
  expect(conditionOf({ ...form, kind: 'missed_call_spike' })).toMatchObject({ calls: 9 });
  expect(conditionOf({ ...form, silence: 'usual' })).toEqual({ kind: 'connection_silent', minutes: null });
});

it('names no people when a role was chosen, and no channel without one', () => {
  const form = { ...toForm(rule), emailTo: 'owners' as const, slackConnection: null };
  expect(toBody(form).email).toEqual({ to: 'owners', user_ids: [] });
  expect(toBody(form).slack).toBeNull();
  expect(tellsNobody({ ...form, email: false })).toBe(true);
  expect(tellsNobody(blank('en'))).toBe(false);
});

it('offers the quiet period that holds, in its place', () => {
  expect(quietChoices(90)).toEqual([0, 5, 15, 30, 60, 90, 240, 1440, 10080]);
  expect(quietChoices(60)).toHaveLength(8);
});

it('says what is wrong under the names of the form, in the language of the page', () => {
  const problem = {
    code: 'invalid_body',
    errors: [
      { field: 'condition', code: 'out_of_bounds', message: 'calls: a number from 2 to 1000' },
      { field: 'later', code: 'unknown', message: 'there is no such thing' },
    ],
  };
  const error = new ApiError(problem as Problem);
  const t = ((key: string) => key) as RuleTexts;
  expect(faultLine(error, t)).toBe('kind: Calls: a number from 2 to 1000. There is no such thing.');
  setLanguage('es');
  expect(faultLine(error, t)).toBe('kind: Es demasiado pequeño o demasiado grande. No existe.');
  setLanguage('en');
  expect(faultLine(new Error('something else'), t)).toBeUndefined();
});
