// Where a job stands, in a word and a colour.

import { Badge } from '@mantine/core';
import { useJobTexts } from '../jobsText';
import type { Job } from '../queries';

const COLOURS: Record<Job['state'], string> = {
  ready: 'yellow',
  running: 'blue',
  done: 'teal',
  dead: 'red',
  discarded: 'gray',
};

export function JobState({ state }: { state: Job['state'] }) {
  const t = useJobTexts();
  return (
    <Badge color={COLOURS[state]} style={{ flex: 'none' }}>
      {t(state)}
    </Badge>
  );
}
