// The time, moving. One clock for the whole screen, so that a hundred running calls tick together and cost one timer.

import { useSyncExternalStore } from 'react';

const SECOND = 1_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: number | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const each of listeners) {
      each();
    }
  }, SECOND);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      window.clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time in ms, at most `step` ms old: a component that shows minutes need not be drawn each second. */
export function useNow(step: number = SECOND): number {
  return useSyncExternalStore(subscribe, () => Math.floor((timer === undefined ? Date.now() : now) / step) * step);
}
