// What happened of late, of every kind.

import { Anchor, Group, Stack, Text, ThemeIcon } from '@mantine/core';
import { type Icon, IconMessage, IconPhoneIncoming, IconPhoneOutgoing, IconRecordMail } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useCommon } from '@/i18n/common';
import { spell, who } from '@/lib/format';
import { When } from '@/ui/Times';
import type { RecentActivity } from '../queries';
import { useOverviewTexts } from '../text';
import { Section } from './Section';

export function Recent({ recent }: { recent: RecentActivity[] }) {
  const t = useOverviewTexts();
  return (
    <Section title={t('recent')}>
      {recent.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('recentNone')}
        </Text>
      )}
      <Stack gap="sm">
        {recent.map((one) => (
          <Entry key={one.id} entry={one} />
        ))}
      </Stack>
    </Section>
  );
}

function glyph({ kind, direction }: RecentActivity): Icon {
  if (kind === 'message') {
    return IconMessage;
  }
  if (kind === 'voicemail') {
    return IconRecordMail;
  }
  return direction === 'outbound' ? IconPhoneOutgoing : IconPhoneIncoming;
}

function address({ kind, id, contact_id }: RecentActivity): string {
  if (kind === 'call') {
    return `/calls/${id}`;
  }
  if (kind === 'voicemail') {
    return '/voicemails';
  }
  return contact_id == null ? '/messages' : `/contacts/${contact_id}`;
}

/** States of calls have words of their own; those of messages say less than the message. */
function words(entry: RecentActivity, t: ReturnType<typeof useOverviewTexts>): string {
  const direction = entry.direction == null ? '' : `, ${t(entry.direction)}`;
  switch (entry.kind) {
    case 'call': {
      const talked = entry.state === 'answered' && entry.duration_seconds ? `, ${spell(entry.duration_seconds)}` : '';
      return `${t('call')}${direction}: ${t(entry.state as 'answered').toLowerCase()}${talked}`;
    }
    case 'voicemail':
      return t('voicemailKind');
    default:
      return `${t('message')}${direction}`;
  }
}

function Entry({ entry }: { entry: RecentActivity }) {
  const t = useOverviewTexts();
  const common = useCommon();
  const Glyph = glyph(entry);
  const name = who(entry.contact_name, entry.number) ?? common('withheld');
  const to = address(entry);
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon variant="light" color="gray" size={30} radius="xl" aria-hidden>
        <Glyph size={16} stroke={1.7} />
      </ThemeIcon>
      <div style={{ minWidth: 0, flex: 1 }}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Anchor size="sm" fw={550} truncate title={name} renderRoot={(props) => <Link {...props} to={to} />}>
            {name}
          </Anchor>
          <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
            <When at={entry.at} />
          </Text>
        </Group>
        <Text size="xs" c="dimmed" truncate>
          {words(entry, t)}
        </Text>
        {entry.text != null && entry.text !== '' && (
          <Text size="sm" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
            {entry.text}
          </Text>
        )}
      </div>
    </Group>
  );
}
