// What an entry of a timeline is about, in the words that its row needs.

import { duration } from '@/lib/format';
import type { TimelineEntry } from './queries';

type Call = Extract<TimelineEntry, { kind: 'call' }>['call'];
export type CallWord = NonNullable<Call['outcome']> | 'live';

export function atOf(entry: TimelineEntry): string {
  switch (entry.kind) {
    case 'call':
      return entry.call.occurred_at;
    case 'message':
      return entry.message.occurred_at;
    case 'voicemail':
      return entry.voicemail.occurred_at;
  }
}

export function idOf(entry: TimelineEntry): string {
  switch (entry.kind) {
    case 'call':
      return entry.call.id;
    case 'message':
      return entry.message.id;
    case 'voicemail':
      return entry.voicemail.id;
  }
}

/** What came of a call; one that goes on has come to nothing yet. */
export function wordOf(call: Pick<Call, 'outcome'>): CallWord {
  return call.outcome ?? 'live';
}

/** How long they talked; nothing where nobody did. */
export function talkOf(call: Pick<Call, 'duration_seconds'>): string | undefined {
  return call.duration_seconds != null && call.duration_seconds > 0 ? duration(call.duration_seconds) : undefined;
}

/** Who on our side. */
export function oursOf(call: Pick<Call, 'direction' | 'from_number' | 'to_number'>): string | null | undefined {
  return call.direction === 'outbound' ? call.from_number : call.to_number;
}
