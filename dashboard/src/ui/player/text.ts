import { defineTexts } from '@/i18n';

export const { useTexts: usePlayerTexts } = defineTexts('player', {
  en: {
    play: 'Play',
    pause: 'Pause',
    speed: 'Speed',
    back: 'Back 10 seconds',
    forward: 'Forward 10 seconds',
    download: 'Download audio',
    waveform: 'Audio; click to go there',
    failed: 'The audio cannot be played. Load the page again.',
  },
  es: {
    play: 'Reproducir',
    pause: 'Pausar',
    speed: 'Velocidad',
    back: 'Atrás 10 segundos',
    forward: 'Adelante 10 segundos',
    download: 'Descargar audio',
    waveform: 'Audio; pulse para ir allí',
    failed: 'El audio no se puede reproducir. Cargue la página de nuevo.',
  },
});
