// What a row of the list of calls shows, on a wide screen and on a phone.

import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconNote } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { common } from '@/i18n/common';
import { duration, phone, who } from '@/lib/format';
import type { Column } from '@/ui/RowList';
import { Running, When } from '@/ui/Times';
import { DirectionIcon, OutcomeBadge, sides } from '../outcome';
import type { Call } from '../queries';
import { type callText, useCallTexts } from '../text';

type Texts = typeof callText;

function Party({ call }: { call: Call }) {
  const { theirs } = sides(call);
  const name = who(call.contact_name, theirs) ?? common('withheld');
  return (
    <Group gap="xs" wrap="nowrap" miw={0}>
      <DirectionIcon direction={call.direction} />
      <Anchor
        size="sm"
        c="inherit"
        fw={550}
        truncate
        title={name}
        renderRoot={(props) => <Link to="/calls/$id" params={{ id: call.id }} {...props} />}
      >
        {name}
      </Anchor>
      {call.contact_name != null && theirs != null && (
        <Text size="xs" c="dimmed" visibleFrom="lg" truncate>
          {phone(theirs)}
        </Text>
      )}
    </Group>
  );
}

function Length({ call }: { call: Call }) {
  if (call.status === 'active' && call.answered_at != null) {
    return <Running since={call.answered_at} />;
  }
  return call.duration_seconds != null && call.duration_seconds > 0 ? duration(call.duration_seconds) : '–';
}

/** Tags that a row has room for. */
const SHOWN_TAGS = 2;

function Work({ call }: { call: Call }) {
  const t = useCallTexts();
  const rest = call.tags.length - SHOWN_TAGS;
  return (
    <Group gap={6} wrap="nowrap" miw={0}>
      {call.is_resolved && (
        <Text span c="teal" lh={0} title={t('resolved')}>
          <IconCircleCheck size={16} aria-label={t('resolved')} />
        </Text>
      )}
      {call.note_count > 0 && (
        <Text span c="dimmed" size="xs" title={t('notes', { count: call.note_count })}>
          <IconNote size={15} style={{ verticalAlign: 'text-bottom' }} aria-hidden /> {call.note_count}
        </Text>
      )}
      {call.tags.slice(0, SHOWN_TAGS).map((tag) => (
        <Badge key={tag} color="gray" size="sm" maw={110} title={tag}>
          {tag}
        </Badge>
      ))}
      {rest > 0 && (
        <Text size="xs" c="dimmed" title={call.tags.join(', ')}>
          +{rest}
        </Text>
      )}
    </Group>
  );
}

export function columnsOf(t: Texts): Column<Call>[] {
  return [
    { key: 'party', header: t('party'), width: 'minmax(0, 2.2fr)', cell: (call) => <Party call={call} /> },
    { key: 'outcome', header: t('outcome'), width: '150px', cell: (call) => <OutcomeBadge call={call} /> },
    {
      key: 'agent',
      header: t('agent'),
      width: 'minmax(0, 1.1fr)',
      from: 'md',
      cell: (call) => <span title={call.agent_name ?? undefined}>{call.agent_name ?? '–'}</span>,
    },
    {
      key: 'work',
      header: t('work'),
      width: 'minmax(0, 1.2fr)',
      from: 'lg',
      cell: (call) => <Work call={call} />,
    },
    { key: 'length', header: t('length'), width: '72px', align: 'right', cell: (call) => <Length call={call} /> },
    { key: 'when', header: t('when'), width: '120px', align: 'right', cell: (call) => <When at={call.occurred_at} /> },
  ];
}

export function CompactCall({ call }: { call: Call }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Party call={call} />
        <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
          <When at={call.occurred_at} />
        </Text>
      </Group>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <OutcomeBadge call={call} />
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Work call={call} />
          <Text size="xs" c="dimmed">
            <Length call={call} />
          </Text>
        </Group>
      </Group>
    </Stack>
  );
}
