// How numbers are counted, in the words of docs/reports.md. A number whose meaning has to be guessed is worth nothing.

import { defineTexts } from '@/i18n';

const words = {
  en: {
    calls:
      'Calls that are over, each once, however many people it rang at and however often it was passed on. A call counts on the day on which it began, in the time zone of the workspace.',
    outcome:
      'Answered: somebody talked. Missed: it rang, and nobody took it. Gave up waiting: the caller hung up in a queue or menu. Voicemail: the caller was sent there. No answer, busy: calls of ours that nobody took. Failed and lines full: the call could not be put through.',
    answerRate:
      'Incoming calls that somebody answered, of all that are over. Rejected calls and those between colleagues are left out.',
    asr: 'Outgoing calls that somebody answered, of all that were tried.',
    wait: 'From the moment the call came into the queue, or else from the first ring, until somebody answered or the caller gave up.',
    talk: 'From the answer to the end, of calls that were answered.',
    handle:
      'Talking and ringing together: how long a call keeps an agent busy. What an agent writes down afterwards is not in the records.',
    median: 'Half of the calls took this long or less. One very long call does not move it, as it would an average.',
    p90: 'Nine of ten calls took this long or less.',
    notReturned:
      'Returned: somebody called the number afterwards within the time that is set, whether or not they got through. Who called again and was answered before that, got through by themselves. The others are not called back.',
    repeat: 'Numbers that called at least twice in the period.',
    newCaller: 'Numbers of which no call is counted in the year before the period.',
    serviceLevel:
      'Calls answered within the target time, of all calls that came into the queue. Callers who gave up almost at once are left out.',
    asa: 'How long callers waited whose call was answered, on average.',
    abandon: 'Callers who gave up waiting, of all who came into the queue.',
    ringNoAnswer: 'How often a call rang at an agent who did not take it.',
    peak: 'The most calls at one moment, found by following every start and end.',
    erlang:
      'How many lines were busy on average in the busiest hour: the seconds of all calls of the hour, divided by 3,600.',
    lines:
      'How many lines it takes so that in the busiest hour no more than one call of a hundred finds them all busy (Erlang B).',
    country: 'The country of the other side’s number, by its prefix.',
    histogram: 'How many calls lie in each span of time. Bars to the right are the long ones.',
    transfer: 'Calls that were passed from one person to another after somebody had answered.',
    sentiment:
      'An estimate, made from words: what was said is compared with a list of friendly and unfriendly ones. It reads English only, and knows nothing of tone.',
    keyword: 'Calls in whose transcript a word or phrase of your lists was said.',
    score: 'What the scorecards gave, of 100.',
    compare: 'The same number of days right before, or the period that you choose.',
    anomaly:
      'Each hour is compared with the same hour of the same weekday in the eight weeks before. It is named when it is at least four times further from their median than those hours usually are.',
    afterHours:
      'Calls to other countries outside of the hours of the workspace, where there are more of them than usual; without hours, from seven in the evening to eight in the morning.',
    backlog: 'How long after its end a call was reported. A device that was cut off sends what it kept.',
    gap: 'Hours without a single record, in which there nearly always were some.',
    duplicates:
      'Calls with the same numbers that began in the same second as another one. Records that arrive twice are counted once anyway.',
    clock: 'How far a device’s clock seems to be ahead: by calls that began after we were told of them.',
    trunkMinutes: 'Minutes of talking over the trunk.',
    heat: 'Each cell is one hour of one weekday, all weeks of the period together.',
    extension: 'Calls by the person who took or made them. A call that was passed on counts for each of them.',
    group: 'Calls that rang at a group, and what came of them.',
    agentsNeeded:
      'How many people it takes in the busiest hour to answer eight of ten calls in time (Erlang C), with how long calls of this queue last.',
    menu: 'Where callers left a menu: the choice they took, or that they hung up.',
  },
  es: {
    calls:
      'Llamadas terminadas, cada una una vez, suene donde suene y se pase cuantas veces se pase. Cuenta en el día en que empezó, en la zona horaria del espacio.',
    outcome:
      'Atendida: alguien habló. Perdida: sonó y nadie la tomó. Abandonó la espera: quien llamaba colgó en una cola o un menú. Buzón de voz: se le envió allí. Sin respuesta, ocupado: llamadas nuestras que nadie tomó. Fallida y líneas llenas: no se pudo establecer.',
    answerRate:
      'Llamadas entrantes que alguien atendió, de todas las terminadas. Las rechazadas y las que hay entre compañeros no cuentan.',
    asr: 'Llamadas salientes que alguien atendió, de todas las que se intentaron.',
    wait: 'Desde que la llamada entró en la cola, o si no desde el primer timbre, hasta que alguien atendió o quien llamaba desistió.',
    talk: 'Desde que se atendió hasta el final, en las llamadas atendidas.',
    handle:
      'Conversación y timbre juntos: cuánto ocupa una llamada a un agente. Lo que el agente anota después no consta en los registros.',
    median: 'La mitad de las llamadas duró esto o menos. Una muy larga no la mueve, como sí movería un promedio.',
    p90: 'Nueve de cada diez llamadas duraron esto o menos.',
    notReturned:
      'Devuelta: alguien llamó después al número dentro del tiempo fijado, lo lograra o no. Quien volvió a llamar antes y fue atendido lo logró por sí mismo. Los demás están sin devolver.',
    repeat: 'Números que llamaron al menos dos veces en el período.',
    newCaller: 'Números de los que no se cuenta ninguna llamada en el año anterior al período.',
    serviceLevel:
      'Llamadas atendidas dentro del tiempo fijado, de todas las que entraron en la cola. No cuentan quienes desistieron casi al instante.',
    asa: 'Cuánto esperaron, en promedio, aquellos cuya llamada se atendió.',
    abandon: 'Quienes desistieron de esperar, de todos los que entraron en la cola.',
    ringNoAnswer: 'Cuántas veces sonó una llamada en un agente que no la tomó.',
    peak: 'El máximo de llamadas en un mismo momento, siguiendo cada inicio y cada final.',
    erlang:
      'Cuántas líneas estuvieron ocupadas en promedio en la hora más cargada: los segundos de todas las llamadas de la hora, divididos por 3600.',
    lines:
      'Cuántas líneas hacen falta para que, en la hora más cargada, no más de una llamada de cada cien las encuentre todas ocupadas (Erlang B).',
    country: 'El país del número de la otra parte, según su prefijo.',
    histogram: 'Cuántas llamadas hay en cada tramo de tiempo. Las barras de la derecha son las largas.',
    transfer: 'Llamadas que pasaron de una persona a otra después de que alguien atendiera.',
    sentiment:
      'Una estimación hecha con palabras: lo dicho se compara con una lista de palabras amables y desagradables. Solo lee inglés y no sabe nada del tono.',
    keyword: 'Llamadas en cuya transcripción se dijo una palabra o frase de sus listas.',
    score: 'Lo que dieron las evaluaciones, de 100.',
    compare: 'El mismo número de días justo antes, o el período que usted elija.',
    anomaly:
      'Cada hora se compara con la misma hora del mismo día de las ocho semanas anteriores. Se señala cuando se aleja de su mediana al menos cuatro veces más de lo que esas horas suelen alejarse.',
    afterHours:
      'Llamadas a otros países fuera del horario del espacio, cuando hay más de lo habitual; sin horario fijado, de siete de la tarde a ocho de la mañana.',
    backlog:
      'Cuánto después de su final se comunicó una llamada. Un equipo que estuvo incomunicado envía lo que guardó.',
    gap: 'Horas sin un solo registro, en las que casi siempre los hubo.',
    duplicates:
      'Llamadas con los mismos números que empezaron en el mismo segundo que otra. Los registros que llegan dos veces se cuentan una en todo caso.',
    clock:
      'Cuánto parece adelantar el reloj de un equipo: por llamadas que empezaron después de que se nos comunicaran.',
    trunkMinutes: 'Minutos de conversación por la troncal.',
    heat: 'Cada casilla es una hora de un día de la semana, con todas las semanas del período juntas.',
    extension: 'Llamadas por la persona que las tomó o las hizo. Una que se pasó cuenta para cada una de ellas.',
    group: 'Llamadas que sonaron en un grupo, y qué fue de ellas.',
    agentsNeeded:
      'Cuántas personas hacen falta en la hora más cargada para atender a tiempo ocho de cada diez llamadas (Erlang C), con lo que duran las de esta cola.',
    menu: 'Por dónde se salió de un menú: la opción elegida, o que colgaron.',
  },
};

export type How = keyof typeof words.en;

export const { useTexts: useHowTexts } = defineTexts<How>('report-how', words);
