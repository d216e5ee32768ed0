import { defineTexts } from '@/i18n';

export const { useTexts: useCodeTexts } = defineTexts('code', {
  en: { more_one: '{{count}} more', more_other: '{{count}} more' },
  es: { more_one: '{{count}} más', more_other: '{{count}} más' },
});
