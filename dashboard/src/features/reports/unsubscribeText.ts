// Words of the page that stops a report's mails. Its readers may not be signed in.

import { defineTexts } from '@/i18n';

export const { useTexts: useUnsubscribeTexts } = defineTexts('unsubscribe', {
  en: {
    title: 'Stop this report',
    about: 'Reports of your workspace by e-mail.',
    ask: 'You will get no more mails with this report. Others who get it are not affected.',
    stop: 'Stop these mails',
    done: 'Done. You will get no more of them. Whoever looks after the workspace can put you on the list again.',
    badLink: 'This link is not complete, or did not work. Open it again from the mail.',
  },
  es: {
    title: 'Dejar de recibir este informe',
    about: 'Informes de su espacio de trabajo por correo.',
    ask: 'No recibirá más correos con este informe. No afecta a las demás personas que lo reciben.',
    stop: 'Dejar de recibirlo',
    done: 'Hecho. No recibirá ninguno más. Quien se ocupa del espacio puede volver a incluirle en la lista.',
    badLink: 'El enlace está incompleto o no ha funcionado. Ábralo de nuevo desde el correo.',
  },
});
