// What the server says of each provider, in Spanish. The server declares it in English beside the provider's code; whatever
// is missing here, or was changed there so that the steps no longer match, is shown in English.

interface ProviderWords {
  purpose: string;
  steps: string[];
  /** Label and help by the field's name. */
  fields: Record<string, [string, string]>;
}

export const PROVIDERS_ES: Record<string, ProviderWords> = {
  dialpad: {
    purpose:
      'Las llamadas, los mensajes y los buzones de voz llegan cuando ocurren, con grabaciones y transcripciones.',
    steps: [
      'Inicie sesión en dialpad.com como administrador de la empresa.',
      'Abra Settings > Admin > Integrations > API y cree una clave, o copie la que tiene.',
      'Pida al soporte de Dialpad los permisos recordings_export y message_content_export para la clave si quiere grabaciones y el texto de los mensajes: sin ellos Dialpad los deja fuera de sus eventos.',
      'Pegue la clave aquí. El webhook y sus suscripciones a llamadas y SMS se crean entonces por usted.',
      'Si ya existe un webhook para esta dirección (Settings > Integrations > Webhooks), introduzca su secreto aquí; se adopta y sus suscripciones se amplían.',
      'Haga una llamada de prueba: aparece en un segundo.',
    ],
    fields: {
      api_key: [
        'Clave de API',
        'La clave de un administrador de la empresa, en Dialpad en Settings > Admin > Integrations > API. Hace falta si no se conecta con OAuth.',
      ],
      webhook_secret: [
        'Secreto del webhook',
        'Dialpad firma con él cada evento. Déjelo vacío y se crea uno; indique uno solo cuando lo use un webhook que ya existe en Dialpad.',
      ],
      oauth_client_id: [
        'Id de cliente OAuth',
        'De la aplicación que Dialpad registró para usted, si se conecta con OAuth en lugar de una clave de API.',
      ],
      oauth_client_secret: [
        'Secreto de cliente OAuth',
        'Pertenece al id de cliente OAuth; Dialpad envía ambos cuando aprueba la aplicación.',
      ],
      oauth_redirect_uri: [
        'Dirección de vuelta de OAuth',
        'Debe estar registrada en Dialpad letra por letra. Normalmente es la dirección de este servidor seguida de /auth/dialpad/callback.',
      ],
      oauth_scopes: [
        'Permisos de OAuth',
        'Separados por espacios. Los de DIALPAD_SCOPES de este servidor si está vacío: se piden las grabaciones y el texto de los mensajes. Dialpad aprueba los permisos a mano.',
      ],
      unsigned: [
        'Aceptar eventos sin firma',
        'Solo para un webhook que existe en Dialpad sin secreto: entonces nada lo protege salvo lo secreto de su dirección.',
      ],
    },
  },
  vapi: {
    purpose: 'Guarda selladas las claves de su cuenta de Vapi y dice si funcionan. Las llamadas aún no se reciben.',
    steps: [
      'Inicie sesión en dashboard.vapi.ai y abra Organization > API Keys.',
      'Copie la clave privada, y la pública si una página web suya inicia llamadas.',
      'Abra el asistente que contesta sus llamadas y copie su id.',
      'Compruebe aquí la conexión: dice si la clave funciona y si es la correcta.',
    ],
    fields: {
      api_key: [
        'Clave privada',
        'La clave privada del panel de Vapi en Organization > API Keys. Se parece a la pública; tome la que se llama privada.',
      ],
      public_key: ['Clave pública', 'Inicia llamadas desde un navegador. No abre nada más.'],
      assistant_id: ['Asistente', 'El id del asistente que contesta, de su página en el panel.'],
    },
  },
  whatsapp: {
    purpose:
      'Guarda selladas las credenciales de su número de WhatsApp y dice si funcionan. Los mensajes aún no se reciben.',
    steps: [
      'Abra su aplicación en developers.facebook.com y vaya a WhatsApp > API Setup.',
      'Copie el id del número de teléfono y el id de la cuenta de WhatsApp Business.',
      'En Business settings > System users cree un usuario del sistema con acceso a la cuenta, y para él un token que no caduque.',
      'Copie el secreto de la aplicación de App settings > Basic.',
      'Compruebe aquí la conexión: dice si el token funciona y pertenece a la aplicación.',
    ],
    fields: {
      phone_number_id: [
        'Id del número de teléfono',
        'Del panel de la aplicación en WhatsApp > API Setup. Es un id de cifras, no el número de teléfono.',
      ],
      waba_id: [
        'Id de la cuenta de empresa',
        'El id de la cuenta de WhatsApp Business, junto al id del número de teléfono.',
      ],
      access_token: [
        'Token de acceso',
        'De un usuario del sistema con whatsapp_business_messaging y whatsapp_business_management. El de la página de configuración caduca al cabo de un día.',
      ],
      app_secret: [
        'Secreto de la aplicación',
        'De App settings > Basic: 32 cifras hexadecimales. Meta firma con él cada webhook.',
      ],
      verify_token: ['Token de verificación', 'Una palabra suya que Meta repite al configurar el webhook.'],
    },
  },
  clouducm: {
    purpose:
      'Recibe los registros de llamadas que envía su centralita, como llamadas con sus tramos, colas y troncales. Con su API se traen también los registros que falten y las grabaciones.',
    steps: [
      'Inicie sesión en la centralita como administrador.',
      'Abra Integrations > API Configuration > CDR Real-Time Output, actívelo con HTTPS y JSON, e introduzca la dirección, el usuario y la contraseña del webhook de esta conexión.',
      'Envíe desde aquí una llamada de prueba y haga después una de verdad: ambas aparecen entre las llamadas.',
      'Para las grabaciones y los registros que se perdieron:',
      'Abra Integrations > API Configuration, active la nueva API HTTPS y cree un usuario para ella.',
      'Permita la dirección de este servidor en la lista de direcciones autorizadas: una lista vacía no autoriza a nadie.',
      'Introduzca aquí la dirección, el usuario y la contraseña y compruebe la conexión.',
    ],
    fields: {
      host: [
        'Dirección',
        'Para grabaciones y registros que falten; los envíos no la necesitan. El nombre de la centralita tal como se llega a ella desde internet, como pbx.example.com. Una dirección privada solo funciona donde el operador de este servidor ha permitido su red.',
      ],
      port: [
        'Puerto',
        'De la API HTTPS: 8443 en CloudUCM, 8089 en un UCM63xx salvo que se cambiara. 8443 si se deja vacío.',
      ],
      username: [
        'Usuario de la API',
        'Se crea en la centralita en Integrations > API Configuration; no es un usuario de la página web.',
      ],
      password: [
        'Contraseña de la API',
        'Del usuario de la API. Se prueba una sola vez: tras algunos fallos la centralita bloquea esta dirección.',
      ],
      webhook_username: [
        'Usuario del webhook',
        'El nombre con el que la centralita se identifica aquí cuando informa de una llamada.',
      ],
      webhook_password: ['Contraseña del webhook', 'Su contraseña, que se introduce también en la centralita.'],
      certificate_sha256: [
        'Certificado',
        'SHA-256 del certificado de una centralita que hizo el suyo propio: 64 cifras hexadecimales, como las muestra un navegador. Si se deja vacío, el certificado debe ser de los que aceptan los navegadores.',
      ],
      time_zone: [
        'Zona horaria',
        'La del reloj de la centralita, como America/Chicago: escribe las horas sin zona. Si se deja vacía, la del espacio de trabajo.',
      ],
      country: ['País', 'El de los números que se escriben sin él, en dos letras. US si se deja vacío.'],
      strip_outbound_prefix: [
        'Prefijo de salida',
        'Lo que se marca delante de los números de fuera, como 9; varios con comas. Se quita, para que las llamadas encuentren su contacto.',
      ],
      serial: [
        'Número de serie',
        'De la centralita, tal como lo escribe en cada registro (sn). Dice de quién es un registro cuando no lo dicen ni la dirección ni el usuario.',
      ],
      stream_from: [
        'TCP desde',
        'Direcciones o redes desde las que se reciben registros por TCP, que no tiene contraseña. Necesita el puerto que haya abierto para ello el operador de este servidor.',
      ],
    },
  },
  generic: {
    purpose:
      'Contiene las llamadas de una centralita cuyos registros usted trae en archivos: Asterisk, FreePBX, 3CX o cualquier otra.',
    steps: [
      'Exporte los registros de llamadas en la centralita como CSV o JSON.',
      'Abra Conexiones > Importar registros de llamadas, elija el archivo y vea qué se incorporaría.',
      'Impórtelo. El mismo archivo se puede importar otra vez: lo que ya está aquí no entra dos veces.',
    ],
    fields: {
      system: [
        'Centralita',
        'De qué centralita vienen los archivos, como FreePBX en Madrid. Para las personas; no se le pregunta nada.',
      ],
    },
  },
  twilio: {
    purpose:
      'Guarda selladas las credenciales de su cuenta de Twilio y dice si funcionan. Las llamadas y los mensajes aún no se reciben.',
    steps: [
      'Inicie sesión en console.twilio.com y copie el SID de la cuenta y el token de la primera página.',
      'Abra Phone Numbers > Manage > Active numbers y copie el número.',
      'Compruebe aquí la conexión: dice si el token es de la cuenta y si el número es suyo.',
    ],
    fields: {
      account_sid: [
        'SID de la cuenta',
        'De la consola de Twilio, primera página: AC y 32 cifras hexadecimales. Una clave de API (SK) es otra cosa.',
      ],
      auth_token: [
        'Token',
        'Junto al SID de la cuenta en la consola: 32 cifras hexadecimales. Twilio firma con él sus webhooks.',
      ],
      phone_number: [
        'Número de teléfono',
        'El número desde el que salen llamadas y mensajes, con el prefijo del país. Debe pertenecer a la cuenta.',
      ],
    },
  },
  slack: {
    purpose: 'Publica avisos en un canal: elíjalo en las reglas de avisos que deban contarlo en Slack.',
    steps: [
      'Abra api.slack.com/apps y elija Create New App, From scratch. Llámela Switchboard y elija su espacio de trabajo.',
      'Abra Incoming Webhooks en el menú de la aplicación y actívelos.',
      'Pulse Add New Webhook to Workspace, elija el canal que debe enterarse y permítalo.',
      'Copie la Webhook URL que aparece ahora en la lista.',
      'Compruebe aquí la conexión: dice si Slack conoce la dirección, sin publicar nada.',
    ],
    fields: {
      webhook_url: [
        'URL del webhook',
        'La dirección de un webhook entrante: empieza por https://hooks.slack.com/services/. Quien la conoce puede escribir en el canal, así que se guarda como una contraseña.',
      ],
    },
  },
  openai: {
    purpose:
      'Transcribe las grabaciones y lee las transcripciones para resúmenes y puntuaciones. Un servidor puede hacer ambas cosas; la mitad sin modelo queda desactivada.',
    steps: [
      'Para OpenAI: inicie sesión en platform.openai.com, abra API keys y cree una para este espacio.',
      'Para un servidor propio (speaches, whisper.cpp, vLLM, Ollama, LocalAI): arránquelo y escriba su dirección sin /v1.',
      'Escriba los modelos: uno que transcribe, uno que lee transcripciones, o ambos.',
      'Compruebe aquí la conexión: pide al servidor sus modelos, lo que no cuesta nada.',
    ],
    fields: {
      base_url: [
        'Dirección',
        'Dónde está el servidor, como https://api.openai.com o http://10.0.0.5:8000. Déjela vacía para OpenAI. Un servidor de su propia red debe permitirlo quien opera la instalación (OUTBOUND_ALLOW).',
      ],
      api_key: [
        'Clave de API',
        'De platform.openai.com, en API keys. Déjela vacía para un servidor propio que no pide ninguna.',
      ],
      transcription_model: [
        'Modelo de transcripción',
        'El modelo que transcribe: whisper-1 en OpenAI, Systran/faster-whisper-small en speaches. Déjelo vacío si este servidor no debe hacerlo.',
      ],
      chat_model: [
        'Modelo de chat',
        'El modelo que lee transcripciones para resúmenes, temas y cuestionarios, como gpt-4o-mini. Déjelo vacío si este servidor no debe hacerlo.',
      ],
    },
  },
  deepgram: {
    purpose: 'Transcribe las grabaciones, cada lado de la llamada por separado si la grabación tiene dos canales.',
    steps: [
      'Inicie sesión en console.deepgram.com y elija el proyecto que debe pagar.',
      'Abra API Keys, pulse Create a New API Key y dele el papel Member.',
      'Copie la clave: se muestra una sola vez.',
      'Compruebe aquí la conexión: dice a qué proyecto pertenece la clave.',
    ],
    fields: {
      api_key: ['Clave de API', 'De console.deepgram.com, en API Keys; basta el papel Member.'],
      model: [
        'Modelo',
        'El modelo que escucha. Déjelo vacío para nova-3; nova-2-phonecall se hizo para líneas telefónicas.',
      ],
      callback: [
        'Responder por callback',
        'true: Deepgram llama a este servidor cuando termina, lo que conviene a grabaciones muy largas y necesita una dirección que pueda alcanzar. Si no, este servidor espera la respuesta.',
      ],
    },
  },
  assemblyai: {
    purpose: 'Transcribe las grabaciones, cada lado de la llamada por separado si la grabación tiene dos canales.',
    steps: [
      'Inicie sesión en www.assemblyai.com/dashboard y abra API Keys.',
      'Copie la clave del proyecto que debe pagar.',
      'Compruebe aquí la conexión: dice si la clave se acepta.',
    ],
    fields: {
      api_key: ['Clave de API', 'De www.assemblyai.com/dashboard, en API Keys.'],
      model: ['Modelo', 'El modelo que escucha. Déjelo vacío para universal.'],
      callback: [
        'Avisar por callback',
        'true: AssemblyAI avisa a este servidor cuando termina, lo que necesita una dirección que pueda alcanzar. Si no, este servidor pregunta de vez en cuando.',
      ],
    },
  },
};
