// What is wrong with a row, in the language of the screen. The server says it in English and says more.

import { language } from '@/i18n';
import type { ImportLineError } from './queries';
import type { useImportTexts } from './text';

const CODES = ['unreadable', 'too_long', 'required', 'invalid'] as const;

export function wrongOf(t: ReturnType<typeof useImportTexts>, { code, message }: ImportLineError): string {
  const known = CODES.find((each) => each === code);
  return known === undefined || language() === 'en' ? message : t(`code_${known}` as const);
}
