// What a row of the list of voicemails shows.

import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { common } from '@/i18n/common';
import { duration, phone, who } from '@/lib/format';
import type { Column } from '@/ui/RowList';
import { When } from '@/ui/Times';
import type { Voicemail } from '../queries';
import { useVoicemailTexts } from '../text';

type Texts = ReturnType<typeof useVoicemailTexts>;

export function callerOf(voicemail: Voicemail): string {
  return who(voicemail.contact_name, voicemail.from_number) ?? common('withheld');
}

export function lengthOf({ duration_ms }: Voicemail): string {
  return duration_ms == null ? '–' : duration(duration_ms / 1_000);
}

function From({ voicemail }: { voicemail: Voicemail }) {
  const t = useVoicemailTexts();
  const name = callerOf(voicemail);
  return (
    <Group gap="xs" wrap="nowrap" miw={0}>
      <Anchor
        size="sm"
        c="inherit"
        fw={voicemail.is_heard ? 500 : 650}
        truncate
        title={name}
        renderRoot={(props) => <Link to="/voicemails" search={(held) => ({ ...held, id: voicemail.id })} {...props} />}
      >
        {name}
      </Anchor>
      {!voicemail.is_heard && (
        <Badge size="sm" style={{ flex: 'none' }}>
          {t('isNew')}
        </Badge>
      )}
    </Group>
  );
}

/** In the narrow list beside an open voicemail only the first and the last column stay. */
export function columnsOf(t: Texts, isNarrow: boolean): Column<Voicemail>[] {
  const from: Column<Voicemail> = {
    key: 'from',
    header: t('from'),
    width: isNarrow ? 'minmax(0, 1fr)' : 'minmax(0, 1.3fr)',
    cell: (voicemail) => <From voicemail={voicemail} />,
  };
  const when: Column<Voicemail> = {
    key: 'when',
    header: t('when'),
    width: '110px',
    align: 'right',
    cell: (voicemail) => <When at={voicemail.occurred_at} />,
  };
  if (isNarrow) {
    return [from, when];
  }
  return [
    from,
    {
      key: 'message',
      header: t('message'),
      width: 'minmax(0, 2.4fr)',
      cell: ({ transcript }) =>
        transcript == null ? (
          <Text span c="dimmed" inherit>
            {t('noTranscript')}
          </Text>
        ) : (
          <span title={transcript}>{transcript}</span>
        ),
    },
    {
      key: 'for',
      header: t('forWhom'),
      width: 'minmax(0, 1fr)',
      from: 'md',
      cell: ({ agent_name, to_number }) => agent_name ?? (to_number == null ? '–' : phone(to_number)),
    },
    { key: 'length', header: t('length'), width: '76px', align: 'right', cell: lengthOf },
    when,
  ];
}

export function CompactVoicemail({ voicemail }: { voicemail: Voicemail }) {
  const t = useVoicemailTexts();
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <From voicemail={voicemail} />
        <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
          <When at={voicemail.occurred_at} />
        </Text>
      </Group>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" c="dimmed" truncate>
          {voicemail.transcript ?? t('noTranscript')}
        </Text>
        <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
          {lengthOf(voicemail)}
        </Text>
      </Group>
    </Stack>
  );
}
