import { expect, it } from 'vitest';
import type { NotificationRule } from '@/api/schema.gen';
import { blank, conditionOf, KINDS, quietChoices, tellsNobody, toBody, toForm } from './rules';

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
