// A thread as it is drawn: messages, and texts that are not messages yet, in one order, day by day.

import { dayKey } from '@/lib/format';
import type { Message, OutgoingMessage } from './queries';

/** Who writes with whom: what the address of a thread holds. */
export interface ThreadKey {
  contact?: string;
  number?: string;
  own?: string;
}

/** How far a text of ours got. */
export type Delivery = 'sending' | 'sent' | 'delivered' | 'failed' | 'unknown';

export interface Bubble {
  id: string;
  at: string;
  isOurs: boolean;
  text: string | null;
  media: string[];
  /** Only of ours. */
  delivery?: Delivery;
  /** Why it did not get there, and what to do. */
  problem?: string;
  /** Who wrote it, where we know. */
  author?: string;
  /** It may be sent once more without anybody getting it twice. */
  mayRepeat: boolean;
}

export interface Day {
  day: string;
  at: string;
  bubbles: Bubble[];
}

const DELIVERIES: Record<Message['status'], Delivery> = {
  pending: 'sending',
  sent: 'sent',
  received: 'delivered',
  delivered: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
};

function ofMessage(message: Message): Bubble {
  const isOurs = message.direction === 'outbound';
  const delivery = isOurs ? DELIVERIES[message.status] : undefined;
  return {
    id: message.id,
    at: message.occurred_at,
    isOurs,
    text: message.text ?? null,
    media: message.media_urls,
    delivery,
    problem: delivery === 'failed' ? (message.delivery_result ?? undefined) : undefined,
    author: isOurs ? (message.target_name ?? undefined) : undefined,
    mayRepeat: delivery === 'failed',
  };
}

const ON_THE_WAY: Record<OutgoingMessage['status'], Delivery> = {
  queued: 'sending',
  sending: 'sending',
  sent: 'sent',
  failed: 'failed',
  unknown: 'unknown',
};

function ofOutgoing(text: OutgoingMessage): Bubble {
  return {
    id: text.id,
    at: text.created_at,
    isOurs: true,
    text: text.text ?? null,
    media: [],
    delivery: ON_THE_WAY[text.status],
    problem: text.problem ?? undefined,
    author: text.author.name,
    mayRepeat: text.status === 'failed',
  };
}

/**
 * Oldest first. A text that the provider took is there as its message; until that arrives it stands for itself, as long as
 * anything of it is known.
 */
export function bubblesOf(messages: Message[], outgoing: OutgoingMessage[], own: string | undefined): Bubble[] {
  const arrived = new Set(messages.map(({ id }) => id));
  const oldest = messages.at(-1)?.occurred_at;
  const isShown = (text: OutgoingMessage): boolean => {
    const isHere = own === undefined || text.from_number === '' || text.from_number === own;
    const isMessage = text.message_id != null && arrived.has(text.message_id);
    const isBefore = text.status === 'sent' && oldest !== undefined && text.created_at < oldest;
    return isHere && !isMessage && !isBefore && text.text != null;
  };
  const all = [...messages.map(ofMessage), ...outgoing.filter(isShown).map(ofOutgoing)];
  return all.sort((a, b) => (a.at === b.at ? a.id.localeCompare(b.id) : a.at < b.at ? -1 : 1));
}

export function byDay(bubbles: Bubble[]): Day[] {
  const days: Day[] = [];
  for (const bubble of bubbles) {
    const day = dayKey(bubble.at);
    const last = days.at(-1);
    if (last?.day === day) {
      last.bubbles.push(bubble);
    } else {
      days.push({ day, at: bubble.at, bubbles: [bubble] });
    }
  }
  return days;
}

/** What a text counts as with carriers: plain ones have 160 letters a part, others 70. */
export function partsOf(text: string): { letters: number; parts: number } {
  const letters = text.length;
  const isPlain = /^[\n\r -_a-z{|}~¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΔΦΓΛΩΠΨΣΘΞ€]*$/.test(text);
  const [single, several] = isPlain ? [160, 153] : [70, 67];
  return { letters, parts: letters <= single ? (letters === 0 ? 0 : 1) : Math.ceil(letters / several) };
}
