import { beforeAll, describe, expect, it } from 'vitest';
import { setTimeZone } from '@/lib/format';
import type { Message, OutgoingMessage } from './queries';
import { bubblesOf, byDay, partsOf } from './thread';

const message = (id: string, at: string, more: Partial<Message> = {}): Message =>
  ({
    id,
    occurred_at: at,
    direction: 'inbound',
    status: 'received',
    text: id,
    media_urls: [],
    ...more,
  }) as Message;

const outgoing = (id: string, at: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage =>
  ({
    id,
    created_at: at,
    from_number: '+1',
    to_number: '+2',
    text: id,
    status: 'queued',
    author: { id: null, name: 'Ann' },
    ...more,
  }) as OutgoingMessage;

beforeAll(() => setTimeZone('America/New_York'));

describe('a thread', () => {
  it('is oldest first, with what is on its way at its end', () => {
    const messages = [message('b', '2026-11-21T10:00:00Z'), message('a', '2026-11-21T09:00:00Z')];
    const shown = bubblesOf(messages, [outgoing('c', '2026-11-21T11:00:00Z')], '+1');
    expect(shown.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(shown[2]).toMatchObject({ isOurs: true, delivery: 'sending', author: 'Ann' });
  });

  it('shows a text once: as its message when that is there', () => {
    const messages = [message('m', '2026-11-21T10:00:00Z', { direction: 'outbound', status: 'sent' })];
    const taken = outgoing('o', '2026-11-21T10:00:00Z', { status: 'sent', message_id: 'm', text: null });
    expect(bubblesOf(messages, [taken], '+1').map(({ id }) => id)).toEqual(['m']);
    // The provider took it, and its message has not come yet.
    const between = outgoing('o', '2026-11-21T10:00:00Z', { status: 'sent', text: 'hello' });
    expect(bubblesOf([], [between], '+1')).toHaveLength(1);
  });

  it('leaves out what went from another number of ours', () => {
    expect(bubblesOf([], [outgoing('o', '2026-11-21T10:00:00Z', { from_number: '+9' })], '+1')).toEqual([]);
  });

  it('offers to repeat what failed, and never what nobody knows of', () => {
    const all = bubblesOf(
      [message('m', '2026-11-21T09:00:00Z', { direction: 'outbound', status: 'failed', delivery_result: 'blocked' })],
      [
        outgoing('f', '2026-11-21T10:00:00Z', { status: 'failed', problem: 'refused' }),
        outgoing('u', '2026-11-21T11:00:00Z', { status: 'unknown', problem: 'look first' }),
      ],
      '+1',
    );
    expect(all.map(({ mayRepeat, delivery, problem }) => [mayRepeat, delivery, problem])).toEqual([
      [true, 'failed', 'blocked'],
      [true, 'failed', 'refused'],
      [false, 'unknown', 'look first'],
    ]);
  });

  it('breaks at midnight of the workspace', () => {
    const at = ['2026-11-21T04:59:00Z', '2026-11-21T05:01:00Z', '2026-11-21T06:00:00Z'];
    const days = byDay(
      bubblesOf(
        at.map((each, index) => message(String(index), each)),
        [],
        undefined,
      ),
    );
    expect(days.map(({ day, bubbles }) => [day, bubbles.length])).toEqual([
      ['2026-11-20', 1],
      ['2026-11-21', 2],
    ]);
  });
});

describe('the parts of a text', () => {
  it('are longer in plain letters', () => {
    expect(partsOf('')).toEqual({ letters: 0, parts: 0 });
    expect(partsOf('a'.repeat(160)).parts).toBe(1);
    expect(partsOf('a'.repeat(161)).parts).toBe(2);
    expect(partsOf('¿Qué? ñ'.padEnd(160, 'a')).parts).toBe(1);
    expect(partsOf('🙂'.padEnd(71, 'a')).parts).toBe(2);
  });
});
