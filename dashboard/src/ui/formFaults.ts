// What the server says is wrong with a form: at its fields where it names them, in one line above the button otherwise.

import { useState } from 'react';
import { ApiError } from '@/api/errors';
import type { FieldProblem } from '@/api/schema.gen';
import { defineTexts, language } from '@/i18n';
import { explain } from './Failure';

const { text } = defineTexts('faults', {
  en: {
    required: 'Fill this in',
    invalid: 'This is not valid',
    too_short: 'This is too short',
    too_long: 'This is too long',
    out_of_bounds: 'It is too small or too large',
    too_common: 'Too many people use this one; it would be guessed first',
    taken: 'This is taken',
    unknown: 'There is no such thing',
  },
  es: {
    required: 'Rellene este campo',
    invalid: 'No es válido',
    too_short: 'Es demasiado corto',
    too_long: 'Es demasiado largo',
    out_of_bounds: 'Es demasiado pequeño o demasiado grande',
    too_common: 'La usa demasiada gente; sería la primera que se prueba',
    taken: 'Ya está en uso',
    unknown: 'No existe',
  },
});

const KNOWN = [
  'required',
  'invalid',
  'too_short',
  'too_long',
  'out_of_bounds',
  'too_common',
  'taken',
  'unknown',
] as const;

/** The server speaks English and says more than its code; other languages go by the code. */
function words({ code, message }: FieldProblem): string {
  const known = KNOWN.find((each) => each === code);
  if (language() !== 'en' && known !== undefined) {
    return text(known);
  }
  return message.charAt(0).toUpperCase() + message.slice(1);
}

/** What is wrong with which field, in words; nothing for a failure that is about no field. */
export function faultsOf(error: unknown): { field: string; words: string }[] {
  const faults = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  return faults.map((fault) => ({ field: fault.field, words: words(fault) }));
}

interface FormLike {
  getValues: () => object;
  setErrors: (errors: Record<string, string>) => void;
}

/** Puts the faults at their fields. What is about no field of this form comes back as words. */
export function showFaults(form: FormLike, error: unknown): string | undefined {
  const faults = faultsOf(error);
  const own = faults.filter(({ field }) => field in form.getValues());
  form.setErrors(Object.fromEntries(own.map((fault) => [fault.field, fault.words])));
  if (own.length > 0 && own.length === faults.length) {
    return undefined;
  }
  return faults.length > own.length
    ? faults
        .filter((fault) => !own.includes(fault))
        .map((fault) => `${fault.field}: ${fault.words}`)
        .join(' ')
    : explain(error);
}

/** Runs what a form's button does, and keeps what went wrong. `say` has words of the form's own for some failures. */
export function useFormFailure(
  form: FormLike,
  say?: (error: unknown) => string | undefined,
): { failure: string | undefined; attempt: (deed: () => Promise<unknown>) => Promise<boolean> } {
  const [failure, setFailure] = useState<string>();
  const attempt = async (deed: () => Promise<unknown>): Promise<boolean> => {
    setFailure(undefined);
    try {
      await deed();
      return true;
    } catch (error) {
      setFailure(say?.(error) ?? showFaults(form, error));
      return false;
    }
  };
  return { failure, attempt };
}
