// How the live feed is: a dot that says so when pointed at, and in words to a screen reader.

import { Box, Tooltip } from '@mantine/core';
import type { LiveState } from '@/realtime/feed';
import { useLiveState } from '@/realtime/hooks';
import { useFrame } from './text';

const LOOK: Record<LiveState, { colour: string; word: 'liveConnecting' | 'liveLive' | 'liveWaiting' | 'liveResting' }> =
  {
    connecting: { colour: 'yellow', word: 'liveConnecting' },
    live: { colour: 'teal', word: 'liveLive' },
    waiting: { colour: 'red', word: 'liveWaiting' },
    resting: { colour: 'gray', word: 'liveResting' },
  };

export function LiveDot() {
  const t = useFrame();
  const state = useLiveState();
  const { colour, word } = LOOK[state];
  return (
    <Tooltip label={t(word)}>
      <Box role="status" aria-label={t(word)} data-live={state} p={8}>
        <Box w={9} h={9} bg={`${colour}.6`} style={{ borderRadius: 99 }} />
      </Box>
    </Tooltip>
  );
}
