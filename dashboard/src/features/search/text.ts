import { defineTexts } from '@/i18n';

export const { useTexts: useSearchTexts } = defineTexts('search', {
  en: {
    contacts: 'Contacts',
    calls: 'Calls',
    messages: 'Messages',
    voicemails: 'Voicemails',
    allCalls: 'All calls with “{{asked}}”',
    inbound: 'incoming',
    outbound: 'outgoing',
  },
  es: {
    contacts: 'Contactos',
    calls: 'Llamadas',
    messages: 'Mensajes',
    voicemails: 'Buzón de voz',
    allCalls: 'Todas las llamadas con «{{asked}}»',
    inbound: 'entrante',
    outbound: 'saliente',
  },
});
