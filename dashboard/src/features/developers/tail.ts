// A stretch of changes that moves, and can be held still while they go on coming.

import type { Change } from '@/api/schema.gen';

export interface Tail {
  /** The newest first. */
  shown: Change[];
  /** What came while it is paused. */
  held: Change[];
  isPaused: boolean;
}

/** Changes that are kept; the oldest go first. */
export const KEPT = 2_000;

/** Takes in changes in any order, each once. While it is paused they wait. */
export function heard(tail: Tail, changes: Change[]): Tail {
  if (tail.isPaused) {
    return { ...tail, held: joined(tail.held, changes) };
  }
  return { ...tail, shown: joined(tail.shown, changes) };
}

function joined(known: Change[], more: Change[]): Change[] {
  const bySeq = new Map([...known, ...more].map((change) => [change.seq, change]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, KEPT);
}
