// What a notification says, and where it leads. Sentences are made here and not on the server, so that everybody reads
// them in the language of their screen.

import { fullTime, percent, spell, who } from '@/lib/format';
import type { Notification, NotificationFinding, NotificationSend } from './queries';
import type { NotificationTexts } from './text';

export interface Words {
  title: string;
  text: string;
}

type Told = Pick<Notification, 'finding' | 'is_test'>;

const MINUTE = 60;
const NO_CALL = '_00000000000000000000000000000000';

export function wordsOf({ finding, is_test }: Told, t: NotificationTexts): Words {
  switch (finding.kind) {
    case 'missed_call_spike':
      return {
        title: t('spikeTitle', { count: finding.calls }),
        text: t('spikeText', { span: spell(finding.within_minutes * MINUTE) }),
      };
    case 'low_answer_rate':
      return {
        title: t('rateTitle', { percent: percent(finding.percent / 100) }),
        text: t('rateText', { count: finding.calls, span: spell(finding.within_minutes * MINUTE) }),
      };
    case 'connection_silent':
      return {
        title: t('silentTitle', { name: finding.connection_name }),
        text: t('silentText', { span: spell(finding.silent_minutes * MINUTE) }),
      };
    case 'credential_expiring':
      return finding.expires_at == null
        ? { title: t('failsTitle', { name: finding.connection_name }), text: t('failsText') }
        : {
            title: t('endsTitle', { name: finding.connection_name }),
            text: t('endsText', { time: fullTime(finding.expires_at) }),
          };
    case 'voicemail_received':
      return voicemail(finding, is_test, t);
    case 'keyword_heard':
      return {
        title: t('keywordTitle', { phrases: finding.phrases.join(', ') }),
        text: t('keywordText', { count: finding.hits }),
      };
    case 'negative_sentiment':
      return { title: t('negativeTitle'), text: t('negativeText', { score: String(finding.score).replace('-', '−') }) };
  }
}

type OfVoicemail = NotificationFinding & { kind: 'voicemail_received' };

function voicemail(finding: OfVoicemail, isTest: boolean, t: NotificationTexts): Words {
  const { voicemail: held, duration_seconds } = finding;
  if (held == null) {
    return { title: t('voicemailTitle'), text: isTest ? t('voicemailSample') : t('voicemailGone') };
  }
  const from = who(held.contact_name, held.from_number);
  const title = from === undefined ? t('voicemailTitle') : t('voicemailFrom', { who: from });
  if (duration_seconds == null) {
    return { title, text: held.agent_name ?? '' };
  }
  const length = spell(duration_seconds);
  return {
    title,
    text: held.agent_name ? t('voicemailFor', { who: held.agent_name, length }) : t('voicemailLength', { length }),
  };
}

/** The page that shows what it is about. */
export function targetOf(finding: NotificationFinding): string {
  switch (finding.kind) {
    case 'missed_call_spike':
    case 'low_answer_rate':
      return '/calls';
    case 'connection_silent':
    case 'credential_expiring':
      return `/connections/${finding.connection_id}`;
    case 'voicemail_received':
      return '/voicemails';
    case 'keyword_heard':
    case 'negative_sentiment':
      // A test is about no call.
      return finding.call_id.endsWith(NO_CALL) ? '/calls' : `/calls/${finding.call_id}`;
  }
}

/** Worst first: what a person should look at stands in front. */
const ORDER = ['failed', 'unknown', 'waiting', 'calling', 'sent'] as const;
type State = (typeof ORDER)[number];

export interface SendSummary {
  label: string;
  /** The worst of them; `forgotten` where none is kept any more. */
  state: State | 'forgotten';
  problem: string | undefined;
}

/** How it left the house: one line for each way, however many people it went to. */
export function summarise(sends: NotificationSend[], t: NotificationTexts): SendSummary[] {
  return (['email', 'slack'] as const).flatMap((way) => {
    const own = sends.filter((send) => send.way === way);
    if (own.length === 0) {
      return [];
    }
    const worst = ORDER.find((state) => own.some((send) => send.state === state));
    const problem = own.find((send) => send.state === worst && send.problem != null)?.problem ?? undefined;
    const label = way === 'email' ? t('sendEmail', { count: own.length }) : t('sendSlack');
    return [{ label, state: worst ?? 'forgotten', problem }];
  });
}
