// What the server's refusals are called in other languages than its own. It speaks English and says more than its code, so in
// English its own words are shown.

import type { Problem } from '@/api/schema.gen';
import { type Language, language } from '@/i18n';

type Code = Problem['code'];

const INVALID = 'Algún dato no es válido.';
const SIGN_IN = 'La sesión ha terminado. Entre de nuevo.';
const ENDED_LINK = 'El enlace ya no sirve. Pida otro.';
const CHANGED = 'Otra persona lo cambió, o ya está en curso. Recargue la página.';
const AWAY = 'El servidor no está disponible en este momento.';

/** A code that has no words here does not compile. A newer server may send one that is not known yet. */
const WORDS: Record<Exclude<Language, 'en'>, Record<Code, string>> = {
  es: {
    invalid_parameter: INVALID,
    invalid_body: INVALID,
    missing_credentials: SIGN_IN,
    invalid_credentials: SIGN_IN,
    csrf_failed: 'La página es demasiado antigua. Recárguela.',
    not_invited: 'Nadie le ha invitado todavía.',
    email_not_verified: 'Confirme primero su correo.',
    forbidden: 'Su rol no lo permite. Pregunte a un propietario o administrador.',
    tenant_suspended: 'El espacio está suspendido o cerrado.',
    plan_limit_reached: 'El plan ha llegado a su límite.',
    not_found: 'No existe, o se quitó.',
    invalid_link: ENDED_LINK,
    link_ended: ENDED_LINK,
    method_not_allowed: INVALID,
    unsupported_media_type: INVALID,
    conflict: CHANGED,
    request_in_progress: CHANGED,
    idempotency_key_reused: CHANGED,
    reset_required: 'Recargue la página.',
    body_too_large: 'Es demasiado grande.',
    range_not_satisfiable: 'Esa parte del archivo no existe.',
    too_many_requests: 'Demasiadas peticiones.',
    internal: 'Ha fallado el servidor.',
    provider_failed: 'El proveedor no respondió como debía.',
    timed_out: 'Tardó demasiado. Compruebe si se hizo antes de repetirlo.',
    unavailable: AWAY,
    overloaded: AWAY,
    maintenance: 'El servidor está en mantenimiento.',
  },
};

/** Codes that cover many things: only the server's own words say which it was, or why. */
const SAYS_WHICH: ReadonlySet<Code> = new Set([
  'invalid_parameter',
  'invalid_body',
  'tenant_suspended',
  'conflict',
  'body_too_large',
  'provider_failed',
]);

/** A refusal in one sentence or two. */
export function wordsOfProblem({ code, detail }: Problem): string {
  const own = detail.charAt(0).toUpperCase() + detail.slice(1) + (/[.!?]$/.test(detail) ? '' : '.');
  const spoken = language();
  const words = spoken === 'en' ? undefined : WORDS[spoken][code];
  if (words === undefined) {
    return own;
  }
  return SAYS_WHICH.has(code) ? `${words} (${own})` : words;
}
