import { describe, expect, it } from 'vitest';
import { countLabel, type NotificationSend } from './queries';
import type { NotificationTexts } from './text';
import { summarise, targetOf, wordsOf } from './words';

/** Shows which words are asked for, with their values. */
const t = ((key: string, values?: Record<string, unknown>) =>
  values === undefined ? key : `${key} ${JSON.stringify(values)}`) as unknown as NotificationTexts;

const send = (way: 'email' | 'slack', state: NotificationSend['state'], problem?: string): NotificationSend => ({
  id: 'snd_1',
  way,
  state,
  problem: problem ?? null,
  connection_id: null,
});

describe('what a notification says', () => {
  it('names who called while the voicemail is there, and nobody once it is gone', () => {
    const finding = {
      kind: 'voicemail_received',
      voicemail_id: 'vm_1',
      call_id: 'call_1',
      duration_seconds: 12,
    } as const;
    const voicemail = { from_number: '+14155550123', contact_name: null, agent_name: 'Front desk', is_heard: false };
    const told = wordsOf({ finding: { ...finding, voicemail }, is_test: false }, t);
    expect(told.title).toContain('+1 (415) 555-0123');
    expect(told.text).toContain('Front desk');
    expect(wordsOf({ finding: { ...finding, voicemail: null }, is_test: false }, t)).toEqual({
      title: 'voicemailTitle',
      text: 'voicemailGone',
    });
  });

  it('tells credentials that end from credentials that are refused', () => {
    const finding = { kind: 'credential_expiring', connection_id: 'con_1', connection_name: 'Main' } as const;
    expect(wordsOf({ finding: { ...finding, expires_at: null }, is_test: false }, t).text).toBe('failsText');
    expect(wordsOf({ finding: { ...finding, expires_at: '2026-11-21T10:00:00Z' }, is_test: false }, t).title).toContain(
      'endsTitle',
    );
    expect(targetOf({ ...finding, expires_at: null })).toBe('/connections/con_1');
  });
});

describe('how it left the house', () => {
  it('is one line for each way, the worst in front, with its reason', () => {
    const sends = [send('email', 'sent'), send('email', 'failed', 'no such address'), send('slack', 'unknown')];
    expect(summarise(sends, t)).toEqual([
      { label: 'sendEmail {"count":2}', state: 'failed', problem: 'no such address' },
      { label: 'sendSlack', state: 'unknown', problem: undefined },
    ]);
    expect(summarise([send('email', null)], t)[0]?.state).toBe('forgotten');
    expect(summarise([], t)).toEqual([]);
  });
});

it('counts to 99 and no further', () => {
  expect(countLabel(7)).toBe('7');
  expect(countLabel(100)).toBe('99+');
});
