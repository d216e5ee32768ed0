import { expect, it } from 'vitest';
import type { CallDetail } from '@/api/schema.gen';
import { isAside, words } from './timeline';

type Moment = CallDetail['timeline'][number];
const moment = (phase: Moment['phase'], name: string, leg_id = 'leg_1'): Moment => ({ phase, name, leg_id, at: '' });

it('tells the end of each leg from what came after it', () => {
  const timeline = [
    moment('ringing', 'ringing'),
    moment('over', 'hangup'),
    moment('over', 'recap_summary'),
    moment('over', 'hangup', 'leg_2'),
    moment('note', 'monitor', 'leg_2'),
  ];
  expect(timeline.map((_, index) => isAside(timeline, index))).toEqual([false, false, true, false, true]);
});

it("reads the provider's words as words", () => {
  expect(words('recap_action-items')).toBe('Recap action items');
});
