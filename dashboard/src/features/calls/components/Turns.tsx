// Places in the transcript: a button for each line, which shows it.

import { Button, Group } from '@mantine/core';
import { useInsightTexts } from '../insightsText';
import { lineId } from '../transcript';

/** Lines that get a button; the others are there to be read. */
const SHOWN = 6;
/** How long the line that was looked for is marked, ms. */
const MARKED = 2_500;

export function showLine(turn: number): void {
  const line = document.getElementById(lineId(turn));
  if (line === null) {
    return;
  }
  const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  line.scrollIntoView({ behavior: isCalm ? 'auto' : 'smooth', block: 'center' });
  line.setAttribute('data-shown', '');
  line.focus({ preventScroll: true });
  window.setTimeout(() => line.removeAttribute('data-shown'), MARKED);
}

export function Turns({ turns }: { turns: number[] }) {
  const t = useInsightTexts();
  return (
    <Group gap={4} display="inline-flex">
      {turns.slice(0, SHOWN).map((turn) => (
        <Button
          key={turn}
          variant="light"
          size="compact-xs"
          aria-label={t('showLine', { line: turn + 1 })}
          title={t('showLine', { line: turn + 1 })}
          onClick={() => showLine(turn)}
        >
          {t('line', { line: turn + 1 })}
        </Button>
      ))}
    </Group>
  );
}
