// What comes of calls: the words, the colours and the order in which they are stacked. The colours differ in lightness too,
// so that they are told apart without seeing red or green, and the same colour is the same outcome in every report.

import type { Call } from '@/api/schema.gen';
import { defineTexts } from '@/i18n';

export type Outcome = NonNullable<Call['outcome']>;

const words = {
  en: {
    answered: 'Answered',
    voicemail: 'Voicemail',
    abandoned: 'Gave up waiting',
    missed: 'Missed',
    busy: 'Busy',
    no_answer: 'No answer',
    rejected: 'Rejected',
    failed: 'Failed',
    congestion: 'Lines full',
  },
  es: {
    answered: 'Atendida',
    voicemail: 'Buzón de voz',
    abandoned: 'Abandonó la espera',
    missed: 'Perdida',
    busy: 'Ocupado',
    no_answer: 'Sin respuesta',
    rejected: 'Rechazada',
    failed: 'Fallida',
    congestion: 'Líneas llenas',
  },
} satisfies Record<'en' | 'es', Record<Outcome, string>>;

export const { useTexts: useOutcomeTexts } = defineTexts<Outcome>('report-outcomes', words);

/** From the bottom of a bar to its top: the good first. */
export const OUTCOMES = Object.keys(words.en) as Outcome[];

/** A colour of `reports.css`. */
export function outcomeColor(outcome: Outcome): string {
  return `var(--outcome-${outcome.replace('_', '-')})`;
}
