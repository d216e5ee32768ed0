// How a call felt, as bars that fit on a screen.

import type { TurnMood } from '@/api/schema.gen';

/** Bars that are drawn; of a longer call neighbours share one. */
const MOST = 120;

export interface Bar {
  turn: number;
  speaker: TurnMood['speaker'];
  score: number | null;
}

/** At most so many bars: neighbours of one side are drawn as the one of them that says most. */
export function bars(turns: TurnMood[], most = MOST): Bar[] {
  const each = Math.max(1, Math.ceil(turns.length / most));
  const groups: Bar[] = [];
  for (let from = 0; from < turns.length; from += each) {
    const group = turns.slice(from, from + each);
    const customers = group.filter(({ speaker }) => speaker !== 'agent');
    const candidates = customers.length > 0 ? customers : group;
    const strongest = candidates.reduce((best, next) =>
      Math.abs(next.score ?? 0) > Math.abs(best.score ?? 0) ? next : best,
    );
    groups.push({ turn: strongest.turn, speaker: strongest.speaker, score: strongest.score ?? null });
  }
  return groups;
}
