// What a row of the list of contacts shows, on a wide screen and on a phone.

import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { phone } from '@/lib/format';
import { PersonAvatar } from '@/ui/PersonAvatar';
import type { Column } from '@/ui/RowList';
import { When } from '@/ui/Times';
import { titleOf } from '../names';
import type { Contact } from '../queries';
import type { useContactTexts } from '../text';

type Texts = ReturnType<typeof useContactTexts>;

function Name({ contact }: { contact: Contact }) {
  const name = titleOf(contact);
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <PersonAvatar name={contact.name} size={28} />
      <Anchor
        size="sm"
        c="inherit"
        fw={550}
        truncate
        title={name}
        renderRoot={(props) => <Link to="/contacts/$id" params={{ id: contact.id }} {...props} />}
      >
        {name}
      </Anchor>
    </Group>
  );
}

function Numbers({ contact }: { contact: Contact }) {
  const [first, ...more] = contact.numbers;
  // A contact that is only a number has it in the place of its name.
  if (first === undefined || (more.length === 0 && titleOf(contact) === phone(first))) {
    return '–';
  }
  return (
    <span title={contact.numbers.map(phone).join(', ')}>
      {phone(first)}
      {more.length > 0 && (
        <Badge ml={6} size="sm" color="gray">
          +{more.length}
        </Badge>
      )}
    </span>
  );
}

export function columnsOf(t: Texts): Column<Contact>[] {
  return [
    { key: 'name', header: t('name'), width: 'minmax(0, 2fr)', cell: (contact) => <Name contact={contact} /> },
    { key: 'phone', header: t('phone'), width: '190px', cell: (contact) => <Numbers contact={contact} /> },
    {
      key: 'company',
      header: t('company'),
      width: 'minmax(0, 1.2fr)',
      from: 'md',
      cell: ({ company }) => <span title={company ?? undefined}>{company ?? '–'}</span>,
    },
    {
      key: 'emails',
      header: t('emails'),
      width: 'minmax(0, 1.5fr)',
      from: 'lg',
      cell: ({ emails }) => <span title={emails.join(', ')}>{emails.join(', ') || '–'}</span>,
    },
    {
      key: 'seen',
      header: t('firstSeen'),
      width: '130px',
      align: 'right',
      from: 'sm',
      cell: (contact) => <When at={contact.occurred_at} />,
    },
  ];
}

export function CompactContact({ contact }: { contact: Contact }) {
  const below = [contact.company, contact.name != null && contact.phone != null ? phone(contact.phone) : undefined];
  return (
    <Stack gap={2} py={6}>
      <Name contact={contact} />
      <Text size="xs" c="dimmed" truncate pl={40}>
        {below.filter(Boolean).join(' · ') || contact.emails[0] || <When at={contact.occurred_at} />}
      </Text>
    </Stack>
  );
}
