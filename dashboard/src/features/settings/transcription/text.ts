import { defineTexts } from '@/i18n';

export const { useTexts: useTranscriptionTexts } = defineTexts('transcription', {
  en: {
    title: 'Transcription',
    about: 'Recordings that are kept here are written down by a speech service of your own.',
    readOnly: 'Only owners and admins change this.',
    off: 'Transcription is switched off for this workspace, so nothing is written down.',
    toFeatures: 'Switch it on',
    noConnection:
      'No speech service is connected, so nothing is written down. Connect an OpenAI-compatible server, Deepgram or AssemblyAI.',
    connect: 'Connect one',
    saved: 'The settings are saved. They count for recordings from now on.',
    service: 'Speech service',
    serviceAbout: 'Who listens, and to what.',
    connection: 'Connection',
    connectionAbout: 'Without a choice, the first one that can.',
    first: 'The first one that can',
    language: 'Language',
    languageAbout: 'Choosing the one that your callers speak makes short recordings more accurate.',
    anyLanguage: 'Found out for each recording',
    minSeconds: 'Leave out recordings shorter than',
    seconds: ' seconds',
    channel: 'The caller’s channel',
    channelAbout:
      'In recordings with two channels it tells agent and customer apart. Asterisk and Grandstream write whoever placed the call to the left. Not known: speakers are numbered.',
    left: 'Left',
    right: 'Right',
    unknown: 'Not known',
    secrets: 'Card numbers and codes',
    secretsAbout:
      'Card numbers, security codes, expiry dates, social security numbers and IBANs, also spoken ones in English and Spanish, are taken out before anything is stored, searched or sent on. At most the last four digits stay.',
    redactOwn: 'Take them out of transcripts that are made here',
    redactOwnAbout:
      'And silence them in the recording, where it is an uncompressed WAV file. Where that cannot be done, the call says so.',
    redactProvider: 'Take them out of what your phone provider sends',
    redactProviderAbout:
      'Its transcripts, the texts of voicemails, and recaps. Recordings at the provider are its own business.',
    budget: 'Budget',
    minutes: 'Minutes a month',
    minutesAbout:
      'When they are used up, recordings wait for somebody to ask in the next month (UTC). Empty: no limit.',
    noLimit: 'No limit',
    used: '{{used}} of {{limit}} minutes used this month',
    usedOnly: '{{used}} minutes used this month',
  },
  es: {
    title: 'Transcripción',
    about: 'Las grabaciones que se guardan aquí las transcribe un servicio de voz propio.',
    readOnly: 'Solo los propietarios y administradores cambian esto.',
    off: 'La transcripción está desactivada en este espacio, así que no se transcribe nada.',
    toFeatures: 'Activarla',
    noConnection:
      'No hay ningún servicio de voz conectado, así que no se transcribe nada. Conecte un servidor compatible con OpenAI, Deepgram o AssemblyAI.',
    connect: 'Conectar uno',
    saved: 'Los ajustes se han guardado. Valen para las grabaciones a partir de ahora.',
    service: 'Servicio de voz',
    serviceAbout: 'Quién escucha, y qué.',
    connection: 'Conexión',
    connectionAbout: 'Si no elige, la primera que pueda.',
    first: 'La primera que pueda',
    language: 'Idioma',
    languageAbout: 'Elegir el que hablan sus clientes hace más exactas las grabaciones cortas.',
    anyLanguage: 'Se averigua en cada grabación',
    minSeconds: 'No transcribir grabaciones de menos de',
    seconds: ' segundos',
    channel: 'Canal de quien llama',
    channelAbout:
      'En las grabaciones de dos canales distingue al agente del cliente. Asterisk y Grandstream graban a la izquierda a quien llama. Si no se sabe, los hablantes se numeran.',
    left: 'Izquierda',
    right: 'Derecha',
    unknown: 'No se sabe',
    secrets: 'Números de tarjeta y códigos',
    secretsAbout:
      'Los números de tarjeta, códigos de seguridad, fechas de caducidad, números de la seguridad social de EE. UU. e IBAN, también los dictados en inglés y español, se quitan antes de guardar, buscar o enviar nada. Como mucho quedan las cuatro últimas cifras.',
    redactOwn: 'Quitarlos de las transcripciones que se hacen aquí',
    redactOwnAbout:
      'Y silenciarlos en la grabación, si es un archivo WAV sin comprimir. Donde no se puede, la llamada lo dice.',
    redactProvider: 'Quitarlos de lo que envía su proveedor de telefonía',
    redactProviderAbout:
      'Sus transcripciones, los textos de los mensajes de voz y los resúmenes. Las grabaciones que guarda el proveedor son cosa suya.',
    budget: 'Presupuesto',
    minutes: 'Minutos al mes',
    minutesAbout:
      'Cuando se agotan, las grabaciones esperan a que alguien lo pida el mes siguiente (UTC). Vacío: sin límite.',
    noLimit: 'Sin límite',
    used: '{{used}} de {{limit}} minutos usados este mes',
    usedOnly: '{{used}} minutos usados este mes',
  },
});
