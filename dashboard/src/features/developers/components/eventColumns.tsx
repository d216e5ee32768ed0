// What a line of the event log shows, on a wide screen and on a phone.

import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { bytes, clockWithSeconds, fullTime, shortTime } from '@/lib/format';
import type { Column } from '@/ui/RowList';
import type { eventText } from '../eventsText';
import type { EventSearch } from '../filters';
import type { Event } from '../queries';
import { EventStatus } from './EventStatus';

interface Shown {
  t: typeof eventText;
  search: EventSearch;
  connectionName: (id: string) => string | undefined;
}

function TypeLink({ event, search }: { event: Event; search: EventSearch }) {
  return (
    <Anchor
      size="sm"
      c="inherit"
      ff="monospace"
      fw={550}
      truncate
      title={event.event_type}
      renderRoot={(props) => <Link to="/developers/events" search={{ ...search, open: event.id }} {...props} />}
    >
      {event.event_type}
    </Anchor>
  );
}

function Time({ at }: { at: string }) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return (
    <time dateTime={at} title={fullTime(at)}>
      {isToday ? clockWithSeconds(at) : shortTime(at)}
    </time>
  );
}

export function eventColumns({ t, search, connectionName }: Shown): Column<Event>[] {
  return [
    {
      key: 'type',
      header: t('type'),
      width: 'minmax(0, 1.4fr)',
      cell: (event) => <TypeLink event={event} search={search} />,
    },
    { key: 'status', header: t('status'), width: '110px', cell: (event) => <EventStatus status={event.status} /> },
    {
      key: 'about',
      header: t('aboutId'),
      width: 'minmax(0, 1.2fr)',
      cell: (event) => (
        <Text size="sm" ff="monospace" c="dimmed" truncate title={event.last_error ?? event.external_id ?? undefined}>
          {event.status === 'dead' || event.status === 'retrying' ? event.last_error : (event.external_id ?? '–')}
        </Text>
      ),
    },
    {
      key: 'connection',
      header: t('connection'),
      width: 'minmax(0, 1fr)',
      from: 'md',
      cell: (event) => {
        const name = connectionName(event.connection_id) ?? event.provider;
        return <span title={name}>{name}</span>;
      },
    },
    {
      key: 'size',
      header: t('size'),
      width: '76px',
      from: 'lg',
      align: 'right',
      cell: (event) => bytes(event.body_bytes),
    },
    {
      key: 'received',
      header: t('received'),
      width: '116px',
      align: 'right',
      cell: (event) => <Time at={event.received_at} />,
    },
  ];
}

export function CompactEvent({ event, search }: { event: Event; search: EventSearch }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <TypeLink event={event} search={search} />
        <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
          <Time at={event.received_at} />
        </Text>
      </Group>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <EventStatus status={event.status} />
        <Text size="xs" c="dimmed" ff="monospace" truncate>
          {event.last_error ?? event.external_id ?? event.provider}
        </Text>
      </Group>
    </Stack>
  );
}
