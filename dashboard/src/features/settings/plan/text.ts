import { defineTexts } from '@/i18n';

export const { useTexts: usePlanTexts } = defineTexts('plan', {
  en: {
    title: 'Plan and usage',
    thisMonth: 'This month',
    thisMonthAbout: 'Months are calendar months of UTC. A call counts once it is over.',
    yourPlan: 'Your plan',
    aMonth: '{{price}} a month',
    minutes: 'Minutes a month',
    months: 'Months that records are kept for at least',
    requests: 'API requests an hour',
    unlimited: 'No limit',
    pastLimit: 'Past the limit',
    warn: 'The owners are told. Nothing else happens.',
    no_additions:
      'The owners are told, and no new apps, connections and invitations are taken until the month ends. What there is goes on working.',
    keeps: 'Deliveries are stored and merged whatever the plan says.',
    change: 'To change the plan, ask whoever runs this installation.',
    year: 'The year',
    metric: 'What is shown',
    noYear: 'The chart begins with the first call or message.',
  },
  es: {
    title: 'Plan y consumo',
    thisMonth: 'Este mes',
    thisMonthAbout: 'Los meses son los del calendario en UTC. Una llamada cuenta cuando ha terminado.',
    yourPlan: 'Su plan',
    aMonth: '{{price}} al mes',
    minutes: 'Minutos al mes',
    months: 'Meses que se conservan los registros como mínimo',
    requests: 'Peticiones a la API por hora',
    unlimited: 'Sin límite',
    pastLimit: 'Pasado el límite',
    warn: 'Se avisa a los propietarios. No pasa nada más.',
    no_additions:
      'Se avisa a los propietarios y no se admiten aplicaciones, conexiones ni invitaciones nuevas hasta que acabe el mes. Lo que hay sigue funcionando.',
    keeps: 'Lo que llega se guarda y se procesa diga lo que diga el plan.',
    change: 'Para cambiar de plan, pregunte a quien administra esta instalación.',
    year: 'El año',
    metric: 'Qué se muestra',
    noYear: 'El gráfico empieza con la primera llamada o mensaje.',
  },
});
