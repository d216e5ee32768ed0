import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const renew = vi.fn(async () => true);
vi.mock('@/api/client', () => ({ renew }));
const { Feed } = await import('./feed');

/** A stream that the test speaks through. */
class FakeSource {
  static readonly opened: FakeSource[] = [];
  onopen: (() => void) | undefined;
  onerror: (() => void) | undefined;
  isClosed = false;
  readonly #listeners = new Map<string, (event: { data: string }) => void>();

  constructor(readonly url: string) {
    FakeSource.opened.push(this);
  }

  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    this.#listeners.set(name, listener);
  }

  say(name: string, body: unknown): void {
    this.#listeners.get(name)?.({ data: JSON.stringify(body) });
  }

  close(): void {
    this.isClosed = true;
  }
}

const last = (): FakeSource => FakeSource.opened.at(-1) ?? expect.fail('no stream was opened');

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.opened.length = 0;
  renew.mockClear();
  vi.stubGlobal('EventSource', FakeSource);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('after a break it goes on behind the last number, with a renewed session', async () => {
  const feed = new Feed();
  const heard: number[] = [];
  feed.onChange(({ seq }) => heard.push(seq));
  feed.start();
  expect(last().url).toBe('/api/v1/changes/stream');
  last().onopen?.();
  expect(feed.state).toBe('live');
  last().say('change', { seq: 41, kind: 'call', verb: 'created' });
  last().say('complete', { complete_up_to: 45 });
  last().onerror?.();
  expect([feed.state, last().isClosed]).toEqual(['waiting', true]);
  await vi.advanceTimersByTimeAsync(500);
  expect(renew).toHaveBeenCalledTimes(1);
  expect(last().url).toBe('/api/v1/changes/stream?after=45');
  last().say('change', { seq: 46, kind: 'call', verb: 'updated' });
  expect(heard).toEqual([41, 46]);
  feed.stop();
});

test('it waits longer each time, and no longer than it must once it was heard', async () => {
  const feed = new Feed();
  feed.start();
  for (const wait of [500, 1_000, 2_000]) {
    const before = FakeSource.opened.length;
    last().onerror?.();
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(FakeSource.opened).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(FakeSource.opened).toHaveLength(before + 1);
  }
  last().onopen?.();
  last().onerror?.();
  const before = FakeSource.opened.length;
  await vi.advanceTimersByTimeAsync(500);
  expect(FakeSource.opened).toHaveLength(before + 1);
  feed.stop();
});

test('a reset forgets the number and tells whoever listens', async () => {
  const feed = new Feed();
  const resets = vi.fn();
  feed.onReset(resets);
  feed.start();
  last().say('change', { seq: 7, kind: 'call', verb: 'created' });
  last().say('reset', {});
  expect(resets).toHaveBeenCalledTimes(1);
  last().onerror?.();
  await vi.advanceTimersByTimeAsync(500);
  expect(last().url).toBe('/api/v1/changes/stream');
  feed.stop();
});

test('stopped, it opens nothing any more', async () => {
  const feed = new Feed();
  feed.start();
  last().onerror?.();
  feed.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSource.opened).toHaveLength(1);
  expect(feed.state).toBe('resting');
});
