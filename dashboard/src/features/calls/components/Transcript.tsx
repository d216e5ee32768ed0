// What was said, line by line. Lines whose place in the audio is known are buttons.

import { Box, ScrollArea, Text, UnstyledButton } from '@mantine/core';
import { memo, useEffect, useRef } from 'react';
import { duration } from '@/lib/format';
import { useCallTexts } from '../text';
import { goesOn, lineId, type TimedLine } from '../transcript';
import classes from './Transcript.module.css';

interface TranscriptProps {
  lines: TimedLine[];
  /** The line that is being said; -1 for none. */
  current: number;
  onSeek?: (seconds: number) => void;
}

export function Transcript({ lines, current, onSeek }: TranscriptProps) {
  const t = useCallTexts();
  const view = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const line = view.current?.querySelector<HTMLElement>('[data-current]');
    if (current < 0 || line == null || view.current === null) {
      return;
    }
    // Scrolls the words and never the page: somebody may be reading elsewhere.
    const top = line.offsetTop - view.current.clientHeight / 2;
    view.current.scrollTo({ top, behavior: 'smooth' });
  }, [current]);
  return (
    <ScrollArea.Autosize
      mah={460}
      viewportRef={view}
      type="auto"
      // Without buttons in it, the keyboard could not scroll it.
      viewportProps={onSeek === undefined ? { tabIndex: 0, role: 'region', 'aria-label': t('transcript') } : undefined}
    >
      <Box pos="relative">
        {lines.map((line, index) => (
          <Line
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no id, and their order is theirs
            key={index}
            id={lineId(index)}
            timed={line}
            isCurrent={index === current}
            isNamed={!goesOn(lines, index)}
            onSeek={onSeek}
          />
        ))}
      </Box>
    </ScrollArea.Autosize>
  );
}

interface LineProps {
  id: string;
  timed: TimedLine;
  isCurrent: boolean;
  isNamed: boolean;
  onSeek?: (seconds: number) => void;
}

const Line = memo(function Line({ id, timed, isCurrent, isNamed, onSeek }: LineProps) {
  const t = useCallTexts();
  const { line, seconds } = timed;
  if (line.kind === 'note') {
    return (
      <Text id={id} tabIndex={-1} size="xs" c="dimmed" fs="italic" px="xs" py={4}>
        {line.content}
      </Text>
    );
  }
  const words = (
    <>
      {isNamed && line.speaker != null && (
        <Text span display="block" size="xs" fw={600} c={line.is_agent === true ? 'ink' : 'dimmed'}>
          {line.speaker}
        </Text>
      )}
      <Text span size="sm">
        {line.content}
      </Text>
    </>
  );
  const time = seconds === undefined ? '' : duration(seconds);
  if (onSeek === undefined || seconds === undefined) {
    return (
      <Box id={id} tabIndex={-1} className={classes.line}>
        <span className={classes.time}>{time}</span>
        <span>{words}</span>
      </Box>
    );
  }
  return (
    <UnstyledButton
      id={id}
      className={classes.line}
      data-current={isCurrent || undefined}
      aria-current={isCurrent || undefined}
      title={t('seekTo', { time })}
      onClick={() => onSeek(seconds)}
    >
      <span className={classes.time}>{time}</span>
      <span>{words}</span>
    </UnstyledButton>
  );
});
