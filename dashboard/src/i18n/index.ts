// English and Spanish. Each feature keeps its words beside its pages (`text.ts`), so that they are loaded with them; the
// Spanish ones have the type of the English ones, so a word that is missing does not compile.

import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';

export const LANGUAGES = { en: 'English', es: 'Español' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT_AS = 'switchboard-language';

function chosen(): Language {
  const wanted = [localStorage.getItem(KEPT_AS), ...navigator.languages];
  const known = wanted
    .map((tag) => tag?.slice(0, 2).toLowerCase())
    .find((tag) => tag !== undefined && tag in LANGUAGES);
  return (known as Language | undefined) ?? 'en';
}

void i18next.use(initReactI18next).init({
  lng: chosen(),
  fallbackLng: 'en',
  resources: {},
  // React escapes; keys are plain words, and a dot in one is a dot.
  interpolation: { escapeValue: false },
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
});
document.documentElement.lang = i18next.language;

export function setLanguage(language: Language): void {
  localStorage.setItem(KEPT_AS, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

export function useLanguage(): Language {
  return useTranslation().i18n.language as Language;
}

/** The language outside of components. */
export function language(): Language {
  return i18next.language as Language;
}

/** `calls_one` and `calls_other` are asked for as `calls`, with a `count`. */
type Plain<K> = K extends `${infer Stem}_${'one' | 'many' | 'other'}` ? Stem : K;
type Values = Record<string, string | number>;
export type Texts<K extends string> = (key: Plain<K>, values?: Values) => string;

/** A feature's words. Spanish has a plural form of its own for millions (`_many`); `_other` stands in for it. */
export function defineTexts<const K extends string>(
  feature: string,
  words: { en: Record<K, string>; es: Record<NoInfer<K>, string> },
): { useTexts: () => Texts<K>; text: Texts<K> } {
  for (const [language, texts] of Object.entries(words)) {
    i18next.addResourceBundle(language, feature, texts);
  }
  const from =
    (t: (key: string, values?: Values) => string): Texts<K> =>
    (key, values) =>
      t(key as string, values);
  return {
    useTexts: () => from(useTranslation(feature).t as never),
    text: (key, values) => i18next.t(key as string, { ns: feature, ...values }),
  };
}
