// The live feed: one stream of changes per tab (`GET /api/v1/changes/stream`). A change says which record moved and never
// what is in it, so the feed carries no state: it makes what was read stale, and what is on screen is read again.
//
// A browser opens six connections to a host over HTTP/1.1, for all tabs together. So a tab that has been hidden for a
// while lets its stream go, and comes back with the last number it saw: nothing is missed.

import { renew } from '@/api/client';
import type { Change } from '@/api/schema.gen';

export type LiveState = 'connecting' | 'live' | 'waiting' | 'resting';

const STREAM = '/api/v1/changes/stream';
/** Waits between tries, ms; the last one repeats. */
const BACK_OFF = [500, 1_000, 2_000, 5_000, 10_000, 20_000];
/** How long a hidden tab keeps its stream, ms. */
const HIDDEN_GRACE = 60_000;

type OnChange = (change: Change) => void;
type OnReset = () => void;

export class Feed {
  #source: EventSource | undefined;
  #state: LiveState = 'resting';
  #after: number | undefined;
  #tries = 0;
  #timer: number | undefined;
  #isWanted = false;
  readonly #states = new Set<() => void>();
  readonly #changes = new Set<OnChange>();
  readonly #resets = new Set<OnReset>();

  get state(): LiveState {
    return this.#state;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#states.add(listener);
    return () => this.#states.delete(listener);
  };

  onChange(listener: OnChange): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }

  onReset(listener: OnReset): () => void {
    this.#resets.add(listener);
    return () => this.#resets.delete(listener);
  }

  /** Begins to listen; call it when a workspace is open. */
  start(): void {
    if (this.#isWanted) {
      return;
    }
    this.#isWanted = true;
    document.addEventListener('visibilitychange', this.#onVisibility);
    window.addEventListener('online', this.#hurry);
    this.#open();
  }

  /** Ends it and forgets where it was; call it when the workspace is left. */
  stop(): void {
    this.#isWanted = false;
    document.removeEventListener('visibilitychange', this.#onVisibility);
    window.removeEventListener('online', this.#hurry);
    this.#close('resting');
    this.#after = undefined;
  }

  readonly #onVisibility = (): void => {
    window.clearTimeout(this.#timer);
    if (document.hidden) {
      this.#timer = window.setTimeout(() => this.#close('resting'), HIDDEN_GRACE);
    } else if (this.#source === undefined) {
      this.#hurry();
    }
  };

  readonly #hurry = (): void => {
    if (this.#isWanted && this.#state !== 'live') {
      this.#tries = 0;
      this.#close('connecting');
      this.#open();
    }
  };

  #open(): void {
    this.#set('connecting');
    const source = new EventSource(this.#after === undefined ? STREAM : `${STREAM}?after=${this.#after}`);
    this.#source = source;
    source.onopen = () => {
      this.#tries = 0;
      this.#set('live');
    };
    source.onerror = () => this.#retry();
    source.addEventListener('change', (event) => this.#heard(JSON.parse(event.data) as Change));
    source.addEventListener('complete', (event) => {
      this.#after = (JSON.parse(event.data) as { complete_up_to: number }).complete_up_to;
    });
    source.addEventListener('reset', () => {
      // The next stream begins at what comes from then on.
      this.#after = undefined;
      for (const listener of this.#resets) {
        listener();
      }
    });
  }

  #heard(change: Change): void {
    this.#after = change.seq;
    for (const listener of this.#changes) {
      listener(change);
    }
  }

  /** By our own clock: an `EventSource` gives up for good on a 401 or 503, and otherwise asks the address it began with. */
  #retry(): void {
    this.#close('waiting');
    if (!this.#isWanted) {
      return;
    }
    const wait = BACK_OFF[Math.min(this.#tries, BACK_OFF.length - 1)] ?? 1_000;
    this.#tries += 1;
    this.#timer = window.setTimeout(async () => {
      // It does not say why it failed; the access token running out is the usual reason.
      await renew();
      if (this.#isWanted && this.#source === undefined) {
        this.#open();
      }
    }, wait);
  }

  #close(state: LiveState): void {
    window.clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
    this.#set(state);
  }

  #set(state: LiveState): void {
    if (this.#state !== state) {
      this.#state = state;
      for (const listener of this.#states) {
        listener();
      }
    }
  }
}

export const feed = new Feed();
