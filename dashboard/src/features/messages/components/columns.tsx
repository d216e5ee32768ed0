// What a row of the table of messages shows.

import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { IconMessage, IconMessageForward } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { common } from '@/i18n/common';
import { phone, who } from '@/lib/format';
import type { Column } from '@/ui/RowList';
import { When } from '@/ui/Times';
import type { Message } from '../queries';
import { useMessageTexts } from '../text';

type Texts = ReturnType<typeof useMessageTexts>;

/** Their number and ours. */
export function sides(message: Message): { theirs?: string; ours?: string } {
  const [to, from] = [message.to_numbers[0], message.from_number ?? undefined];
  return message.direction === 'outbound' ? { theirs: to, ours: from } : { theirs: from, ours: to };
}

export function searchOf(message: Message) {
  const { theirs, ours } = sides(message);
  return { contact: message.contact_id ?? undefined, number: theirs, own: ours };
}

const COLORS: Record<Message['status'], string> = {
  pending: 'gray',
  sent: 'gray',
  received: 'ink',
  delivered: 'teal',
  undelivered: 'red',
  failed: 'red',
};

function Status({ message }: { message: Message }) {
  const t = useMessageTexts();
  return (
    <Badge color={COLORS[message.status]} title={message.delivery_result ?? undefined} style={{ flex: 'none' }}>
      {t(`status_${message.status}` as const)}
    </Badge>
  );
}

function Party({ message }: { message: Message }) {
  const t = useMessageTexts();
  const name = who(message.contact_name, sides(message).theirs) ?? common('withheld');
  const isOut = message.direction === 'outbound';
  const Glyph = isOut ? IconMessageForward : IconMessage;
  const direction = isOut ? t('outbound') : t('inbound');
  return (
    <Group gap="xs" wrap="nowrap" miw={0}>
      <Text span c="dimmed" lh={0} title={direction}>
        <Glyph size={16} stroke={1.7} aria-label={direction} />
      </Text>
      <Anchor
        size="sm"
        c="inherit"
        fw={550}
        truncate
        title={name}
        renderRoot={(props) => <Link to="/messages" search={searchOf(message)} {...props} />}
      >
        {name}
      </Anchor>
    </Group>
  );
}

function said(message: Message, t: Texts): string {
  return message.text || (message.media_urls.length > 0 ? t('picture') : t('noText'));
}

export function columnsOf(t: Texts): Column<Message>[] {
  return [
    { key: 'party', header: t('contact'), width: 'minmax(0, 1.3fr)', cell: (message) => <Party message={message} /> },
    {
      key: 'text',
      header: t('text'),
      width: 'minmax(0, 2.4fr)',
      cell: (message) => <span title={message.text ?? undefined}>{said(message, t)}</span>,
    },
    { key: 'status', header: t('status'), width: '130px', cell: (message) => <Status message={message} /> },
    {
      key: 'own',
      header: t('ownNumber'),
      width: '160px',
      from: 'lg',
      cell: (message) => {
        const { ours } = sides(message);
        return ours === undefined ? '–' : phone(ours);
      },
    },
    {
      key: 'when',
      header: t('when'),
      width: '120px',
      align: 'right',
      cell: (message) => <When at={message.occurred_at} />,
    },
  ];
}

export function CompactMessage({ message }: { message: Message }) {
  const t = useMessageTexts();
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Party message={message} />
        <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
          <When at={message.occurred_at} />
        </Text>
      </Group>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" c="dimmed" truncate>
          {said(message, t)}
        </Text>
        <Status message={message} />
      </Group>
    </Stack>
  );
}
