// How a call felt, line by line: bars up and down from the middle, the customer's strong and the agent's pale. A bar leads to
// its line.

import { Box, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { TurnMood } from '@/api/schema.gen';
import { useInsightTexts } from '../insightsText';
import { type Bar, bars } from '../mood';
import classes from './MoodLine.module.css';
import { showLine } from './Turns';

/** Half the height of the picture, in its own units. */
const HALF = 30;
/** A line that says nothing about a mood is still a mark on the middle. */
const LEAST = 1.5;

export function MoodLine({ turns }: { turns: TurnMood[] }) {
  const t = useInsightTexts();
  const [over, setOver] = useState<Bar>();
  const drawn = bars(turns);
  const width = 100 / drawn.length;
  const words =
    over === undefined
      ? t('lineHint')
      : t('lineAt', { line: over.turn + 1, side: t(over.speaker), score: over.score ?? '–' });
  return (
    <Box>
      {/* A picture for pointers: the same lines are buttons in the transcript, for everybody. */}
      <svg
        className={classes.chart}
        viewBox={`0 0 100 ${2 * HALF}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('chart', {
          good: turns.filter(({ score }) => (score ?? 0) >= 20).length,
          bad: turns.filter(({ score }) => (score ?? 0) <= -20).length,
          all: turns.length,
        })}
        onPointerLeave={() => setOver(undefined)}
      >
        <line x1="0" x2="100" y1={HALF} y2={HALF} className={classes.middle} />
        {drawn.map((bar, index) => {
          const height = Math.max((Math.abs(bar.score ?? 0) / 100) * HALF, LEAST);
          const isBad = (bar.score ?? 0) < 0;
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the transcript has the same, reachable by keyboard
            <g key={bar.turn} onPointerEnter={() => setOver(bar)} onClick={() => showLine(bar.turn)}>
              <rect x={index * width} y={0} width={width} height={2 * HALF} className={classes.column} />
              <rect
                x={index * width + width * 0.15}
                y={isBad ? HALF : HALF - height}
                width={width * 0.7}
                height={height}
                className={classes.bar}
                data-mood={bar.score == null || Math.abs(bar.score) < 10 ? 'none' : isBad ? 'bad' : 'good'}
                data-pale={bar.speaker === 'agent' || undefined}
              />
            </g>
          );
        })}
      </svg>
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed">
          {words}
        </Text>
        <Text size="xs" c="dimmed">
          {t('legend')}
        </Text>
      </Group>
    </Box>
  );
}
