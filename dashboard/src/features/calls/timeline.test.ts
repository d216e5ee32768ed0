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
  const english = ['recap_action-items', 'NO ANSWER', 'QUEUE[6500]', 'IVR[7000]', 'VM', 'Hangup', 'unknown:flown'];
  expect(english.map((name) => words(name, 'en'))).toEqual([
    'Recap action items',
    'No answer',
    'Queue 6500',
    'IVR 7000',
    'VM',
    'Hangup',
    'Unknown:flown',
  ]);
});

it('says what it knows in Spanish, and the rest as it came', () => {
  const spanish = ['recap_action_items', 'NO ANSWER', 'QUEUE[6500]', 'Hangup', 'unknown:flown'];
  expect(spanish.map((name) => words(name, 'es'))).toEqual([
    'Resumen: tareas',
    'Sin respuesta',
    'Cola 6500',
    'Colgada',
    'Unknown:flown',
  ]);
});
