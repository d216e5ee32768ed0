// A rule as the form holds it. All numbers of all kinds are there at once, so that somebody who looks at another kind and
// comes back finds what they typed; what is sent is the condition of the chosen kind.

import type {
  NotificationCondition,
  NotificationEmail,
  NotificationRule,
  NotificationRuleWish,
} from '@/api/schema.gen';
import { percent, spell } from '@/lib/format';
import { faultsOf } from '@/ui/formFaults';
import type { RuleTexts } from './text';

export type RuleBody = NotificationRuleWish;
export type Kind = NotificationCondition['kind'];
export const KINDS: readonly Kind[] = [
  'missed_call_spike',
  'low_answer_rate',
  'connection_silent',
  'credential_expiring',
  'voicemail_received',
  'keyword_heard',
  'negative_sentiment',
];

export interface RuleForm {
  name: string;
  kind: Kind;
  calls: number;
  withinMinutes: number;
  belowPercent: number;
  leastCalls: number;
  silence: 'usual' | 'fixed';
  silentMinutes: number;
  days: number;
  /** A keyword list; empty for any. */
  listId: string;
  strength: number;
  inApp: boolean;
  email: boolean;
  emailTo: NotificationEmail['to'];
  userIds: string[];
  slack: boolean;
  slackConnection: string | null;
  language: 'en' | 'es';
  onlyInHours: boolean;
  quietMinutes: number;
}

/** What a new rule begins with. */
export function blank(language: 'en' | 'es'): RuleForm {
  return {
    name: '',
    kind: 'missed_call_spike',
    calls: 5,
    withinMinutes: 15,
    belowPercent: 80,
    leastCalls: 10,
    silence: 'usual',
    silentMinutes: 120,
    days: 7,
    listId: '',
    strength: 20,
    inApp: true,
    email: false,
    emailTo: 'admins',
    userIds: [],
    slack: false,
    slackConnection: null,
    language,
    onlyInHours: false,
    quietMinutes: 60,
  };
}

function numbersOf(condition: NotificationCondition): Partial<RuleForm> {
  switch (condition.kind) {
    case 'missed_call_spike':
      return { calls: condition.calls, withinMinutes: condition.within_minutes };
    case 'low_answer_rate':
      return {
        belowPercent: condition.below_percent,
        leastCalls: condition.least_calls,
        withinMinutes: condition.within_minutes,
      };
    case 'connection_silent':
      return condition.minutes == null ? { silence: 'usual' } : { silence: 'fixed', silentMinutes: condition.minutes };
    case 'credential_expiring':
      return { days: condition.days };
    case 'voicemail_received':
      return {};
    case 'keyword_heard':
      return { listId: condition.list_id ?? '' };
    case 'negative_sentiment':
      return { strength: condition.strength };
  }
}

export function toForm(rule: NotificationRule): RuleForm {
  return {
    ...blank(rule.language as 'en' | 'es'),
    ...numbersOf(rule.condition),
    name: rule.name ?? '',
    kind: rule.condition.kind,
    inApp: rule.in_app,
    email: rule.email != null,
    emailTo: rule.email?.to ?? 'admins',
    userIds: rule.email?.user_ids ?? [],
    slack: rule.slack != null,
    slackConnection: rule.slack?.connection_id ?? null,
    onlyInHours: rule.only_in_hours,
    quietMinutes: rule.quiet_minutes,
  };
}

export function conditionOf(form: RuleForm): NotificationCondition {
  switch (form.kind) {
    case 'missed_call_spike':
      return { kind: form.kind, calls: form.calls, within_minutes: form.withinMinutes };
    case 'low_answer_rate':
      return {
        kind: form.kind,
        below_percent: form.belowPercent,
        within_minutes: form.withinMinutes,
        least_calls: form.leastCalls,
      };
    case 'connection_silent':
      return { kind: form.kind, minutes: form.silence === 'usual' ? null : form.silentMinutes };
    case 'credential_expiring':
      return { kind: form.kind, days: form.days };
    case 'voicemail_received':
      return { kind: form.kind };
    case 'keyword_heard':
      return { kind: form.kind, list_id: form.listId === '' ? null : form.listId };
    case 'negative_sentiment':
      return { kind: form.kind, strength: form.strength };
  }
}

export function toBody(form: RuleForm): RuleBody {
  const hasPeople = form.emailTo === 'chosen';
  return {
    name: form.name.trim() === '' ? null : form.name.trim(),
    condition: conditionOf(form),
    in_app: form.inApp,
    email: form.email ? { to: form.emailTo, user_ids: hasPeople ? form.userIds : [] } : null,
    slack: form.slack && form.slackConnection !== null ? { connection_id: form.slackConnection } : null,
    language: form.language,
    only_in_hours: form.onlyInHours,
    quiet_minutes: form.quietMinutes,
  };
}

/** It would tell nobody. */
export function tellsNobody(form: RuleForm): boolean {
  return !form.inApp && !form.email && !(form.slack && form.slackConnection !== null);
}

const MINUTE = 60;

/** The condition in one line. */
export function summary(condition: NotificationCondition, t: RuleTexts): string {
  switch (condition.kind) {
    case 'missed_call_spike':
      return t('sumSpike', { calls: condition.calls, span: spell(condition.within_minutes * MINUTE) });
    case 'low_answer_rate':
      return t('sumRate', {
        percent: percent(condition.below_percent / 100),
        calls: condition.least_calls,
        span: spell(condition.within_minutes * MINUTE),
      });
    case 'connection_silent':
      return condition.minutes == null
        ? t('sumSilentUsual')
        : t('sumSilent', { span: spell(condition.minutes * MINUTE) });
    case 'credential_expiring':
      return t('sumCredential', { count: condition.days });
    case 'voicemail_received':
      return t('sumVoicemail');
    case 'keyword_heard':
      return t(condition.list_id == null ? 'sumKeyword' : 'sumKeywordList');
    case 'negative_sentiment':
      return t('sumNegative', { strength: condition.strength });
  }
}

/** Quiet periods that can be chosen, in minutes; one that somebody set over the API is among them while it holds. */
export function quietChoices(held: number): number[] {
  return [...new Set([0, 5, 15, 30, 60, 4 * 60, 24 * 60, 7 * 24 * 60, held])].sort((a, b) => a - b);
}

/** What the server calls the fields of a rule, and the form. */
const LABELS = {
  name: 'name',
  condition: 'kind',
  quiet_minutes: 'quiet',
  'email.user_ids': 'people',
  'slack.connection_id': 'slackConnection',
  ways: 'ways',
} as const;

/** All that the server says is wrong with a rule, in one line: most of it is about several fields of the form at once. */
export function faultLine(error: unknown, t: RuleTexts): string | undefined {
  const faults = faultsOf(error).map(({ field, words }) =>
    field in LABELS ? `${t(LABELS[field as keyof typeof LABELS])}: ${words}.` : `${words}.`,
  );
  return faults.length === 0 ? undefined : faults.join(' ');
}
