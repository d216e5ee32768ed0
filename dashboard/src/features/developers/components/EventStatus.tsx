// What became of an event, in a word and a colour.

import { Badge } from '@mantine/core';
import { useEventTexts } from '../eventsText';
import type { Event } from '../queries';

const COLOURS: Record<Event['status'], string> = {
  processed: 'teal',
  pending: 'gray',
  retrying: 'yellow',
  dead: 'red',
};

export function EventStatus({ status }: { status: Event['status'] }) {
  const t = useEventTexts();
  return (
    <Badge color={COLOURS[status]} style={{ flex: 'none' }}>
      {t(status)}
    </Badge>
  );
}
