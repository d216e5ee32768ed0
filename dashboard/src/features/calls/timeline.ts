// The moments of a call, as people read them.

import type { CallDetail } from '@/api/schema.gen';
import { type Language, language } from '@/i18n';
import { MOMENTS_ES } from './timelineEs';

type Moment = CallDetail['timeline'][number];

/** Words that are said letter by letter. */
const ACRONYMS = new Set(['IVR', 'VM', 'CSAT', 'PCSAT', 'AI']);

/** The provider's word, as words: `recap_summary` is "Recap summary", `QUEUE[6500]` is "Queue 6500". */
export function words(name: string, spoken: Language = language()): string {
  const [, head = name, inside = ''] = /^([^[]*)\[([^\]]*)\]$/.exec(name) ?? [];
  const known =
    spoken === 'es'
      ? MOMENTS_ES[
          head
            .trim()
            .toLowerCase()
            .replaceAll(/[\s-]+/g, '_')
        ]
      : undefined;
  return [known ?? sentence(head), inside].filter((part) => part !== '').join(' ');
}

/** Telephone systems shout; people are not shouted at. */
function sentence(name: string): string {
  const plain = name.replaceAll(/[_-]+/g, ' ').trim();
  const isShouted = plain === plain.toUpperCase() && !ACRONYMS.has(plain);
  const said = isShouted ? plain.toLowerCase() : plain;
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** What came after the end: recaps, transcripts, labels. It is told, and changes nothing. */
export function isAside(timeline: Moment[], index: number): boolean {
  const moment = timeline[index];
  const isEnd = (other: Moment): boolean => other.phase === 'over' && other.leg_id === moment?.leg_id;
  return moment?.phase === 'note' || (moment?.phase === 'over' && timeline.slice(0, index).some(isEnd));
}
