// What is counted, in words; for a workspace's own page and for who runs the installation.

import type { UsageMetric } from '@/api/schema.gen';
import { defineTexts } from '@/i18n';
import { bytes, count } from '@/lib/format';

export type Metric = UsageMetric['metric'];
type UsageWord = Metric | 'of' | 'unlimited' | 'over' | 'none' | 'thisMonth' | 'warned';

const words = {
  en: {
    calls: 'Calls',
    call_minutes: 'Call minutes',
    messages_in: 'Messages in',
    messages_out: 'Messages out',
    voicemails: 'Voicemails',
    recording_bytes: 'Recordings kept',
    transcription_minutes: 'Minutes transcribed',
    of: '{{used}} of {{limit}}',
    unlimited: 'No limit',
    over: 'Over the limit',
    none: 'Nothing was counted yet.',
    thisMonth: 'This month',
    warned: 'The owners were told at {{percent}} %',
  },
  es: {
    calls: 'Llamadas',
    call_minutes: 'Minutos de llamada',
    messages_in: 'Mensajes recibidos',
    messages_out: 'Mensajes enviados',
    voicemails: 'Mensajes de voz',
    recording_bytes: 'Grabaciones guardadas',
    transcription_minutes: 'Minutos transcritos',
    of: '{{used}} de {{limit}}',
    unlimited: 'Sin límite',
    over: 'Por encima del límite',
    none: 'Todavía no se ha contado nada.',
    thisMonth: 'Este mes',
    warned: 'Se avisó a los propietarios al {{percent}} %',
  },
} satisfies Record<'en' | 'es', Record<UsageWord, string>>;

export const { useTexts: useUsageTexts } = defineTexts<UsageWord>('usage', words);

/** A count in the unit that it is counted in. */
export function amount(metric: Metric, value: number): string {
  return metric === 'recording_bytes' ? bytes(value) : count(value);
}
