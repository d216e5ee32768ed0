// The moments of a call, as people read them.

import type { CallDetail } from '@/api/schema.gen';

type Moment = CallDetail['timeline'][number];

/** The provider's word, as words: `recap_summary` is "Recap summary". */
export function words(name: string): string {
  const plain = name.replaceAll(/[_-]+/g, ' ').trim();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** What came after the end: recaps, transcripts, labels. It is told, and changes nothing. */
export function isAside(timeline: Moment[], index: number): boolean {
  const moment = timeline[index];
  const isEnd = (other: Moment): boolean => other.phase === 'over' && other.leg_id === moment?.leg_id;
  return moment?.phase === 'note' || (moment?.phase === 'over' && timeline.slice(0, index).some(isEnd));
}
