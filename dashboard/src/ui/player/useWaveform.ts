// The waveform of what an audio element plays.

import { type RefObject, useEffect, useState } from 'react';
import WaveSurfer from 'wavesurfer.js';

/** Longer audio is not decoded in the browser: an hour takes over 100 MB of memory. */
const LONGEST_SECONDS = 3_600;

/** Draws into `canvas`, and says how long it is. True once there is something to see. */
export function useWaveform(
  canvas: RefObject<HTMLElement | null>,
  audio: RefObject<HTMLMediaElement | null>,
  src: string,
  height: number,
  length: number,
  onLength: (seconds: number) => void,
): boolean {
  const [isDrawn, setDrawn] = useState(false);
  const isTooLong = length > LONGEST_SECONDS;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another source is the reason to draw anew
  useEffect(() => {
    setDrawn(false);
    if (canvas.current === null || audio.current === null || isTooLong) {
      return;
    }
    const style = getComputedStyle(document.documentElement);
    const surfer = WaveSurfer.create({
      container: canvas.current,
      media: audio.current,
      height,
      barWidth: 2,
      barGap: 2,
      barRadius: 2,
      normalize: true,
      interact: false,
      cursorWidth: 0,
      waveColor: style.getPropertyValue('--mantine-color-gray-5').trim(),
      progressColor: style.getPropertyValue('--mantine-primary-color-filled').trim(),
    });
    surfer.on('redraw', () => setDrawn(true));
    surfer.on('decode', onLength);
    // It plays without: see the player.
    surfer.on('error', () => setDrawn(false));
    return () => surfer.destroy();
  }, [canvas, audio, src, height, isTooLong, onLength]);

  return isDrawn;
}
