// One line of a timeline: what it was, what was said, and a way to it.

import { Anchor, Badge, Group, Stack, Text, ThemeIcon } from '@mantine/core';
import {
  type Icon,
  IconCircleCheck,
  IconMessage,
  IconMessageForward,
  IconNote,
  IconPhoneIncoming,
  IconPhoneOutgoing,
  IconRecordMail,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { clock, duration, fullTime, phone } from '@/lib/format';
import { atOf, oursOf, talkOf, wordOf } from '../entries';
import type { TimelineEntry } from '../queries';
import { useContactTexts } from '../text';

export function EntryRow({ entry }: { entry: TimelineEntry }) {
  switch (entry.kind) {
    case 'call':
      return <CallRow entry={entry} />;
    case 'message':
      return <MessageRow entry={entry} />;
    case 'voicemail':
      return <VoicemailRow entry={entry} />;
  }
}

interface FrameProps {
  entry: TimelineEntry;
  icon: Icon;
  color: string;
  title: ReactNode;
  beside?: ReactNode;
  children?: ReactNode;
}

function Frame({ entry, icon: Glyph, color, title, beside, children }: FrameProps) {
  const at = atOf(entry);
  return (
    <Group
      component="li"
      wrap="nowrap"
      align="flex-start"
      gap="sm"
      py={10}
      style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}
    >
      <ThemeIcon variant="light" color={color} radius="xl" size={30} aria-hidden>
        <Glyph size={16} stroke={1.7} />
      </ThemeIcon>
      <Stack gap={2} miw={0} style={{ flex: 1 }}>
        <Group gap="xs" wrap="wrap">
          {title}
          {beside}
        </Group>
        {children}
      </Stack>
      <Text size="xs" c="dimmed" style={{ flex: 'none' }} pt={2}>
        <time dateTime={at} title={fullTime(at)}>
          {clock(at)}
        </time>
      </Text>
    </Group>
  );
}

const CALL_COLORS: Record<ReturnType<typeof wordOf>, string> = {
  live: 'blue',
  answered: 'teal',
  missed: 'red',
  abandoned: 'orange',
  voicemail: 'violet',
  no_answer: 'gray',
  rejected: 'gray',
  busy: 'yellow',
  failed: 'red',
  congestion: 'orange',
};

function CallRow({ entry }: { entry: Extract<TimelineEntry, { kind: 'call' }> }) {
  const t = useContactTexts();
  const { call } = entry;
  const isOut = call.direction === 'outbound';
  const word = wordOf(call);
  const ours = oursOf(call);
  const below = [call.agent_name == null ? undefined : t('withAgent', { name: call.agent_name }), ours && phone(ours)];
  return (
    <Frame
      entry={entry}
      icon={isOut ? IconPhoneOutgoing : IconPhoneIncoming}
      color={CALL_COLORS[word]}
      title={
        <Anchor
          size="sm"
          fw={550}
          c="inherit"
          renderRoot={(props) => <Link to="/calls/$id" params={{ id: call.id }} {...props} />}
        >
          {isOut ? t('outboundCall') : t('inboundCall')}
        </Anchor>
      }
      beside={
        <>
          <Badge color={CALL_COLORS[word]} size="sm">
            {t(`outcome_${word}` as const)}
          </Badge>
          <Text size="xs" c="dimmed">
            {talkOf(call)}
          </Text>
          {call.is_resolved && (
            <Text size="xs" c="teal" title={t('resolved')} lh={0}>
              <IconCircleCheck size={15} aria-label={t('resolved')} />
            </Text>
          )}
          {call.note_count > 0 && (
            <Text size="xs" c="dimmed">
              <IconNote size={14} style={{ verticalAlign: 'text-bottom' }} aria-hidden />{' '}
              {t('notes', { count: call.note_count })}
            </Text>
          )}
        </>
      }
    >
      <Text size="xs" c="dimmed" truncate>
        {below.filter(Boolean).join(' · ')}
      </Text>
      {call.summary != null && (
        <Text size="sm" lineClamp={2}>
          {call.summary}
        </Text>
      )}
    </Frame>
  );
}

function MessageRow({ entry }: { entry: Extract<TimelineEntry, { kind: 'message' }> }) {
  const t = useContactTexts();
  const { message } = entry;
  const isOut = message.direction === 'outbound';
  const other = isOut ? message.to_numbers[0] : message.from_number;
  const own = isOut ? message.from_number : message.to_numbers[0];
  return (
    <Frame
      entry={entry}
      icon={isOut ? IconMessageForward : IconMessage}
      color={isOut ? 'gray' : 'ink'}
      title={
        <Anchor
          size="sm"
          fw={550}
          c="inherit"
          renderRoot={(props) => (
            <Link
              to="/messages"
              search={{ contact: message.contact_id ?? undefined, number: other ?? undefined, own: own ?? undefined }}
              {...props}
            />
          )}
        >
          {isOut ? t('outboundMessage') : t('inboundMessage')}
        </Anchor>
      }
    >
      <Text size="sm" style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }} lineClamp={6}>
        {message.text || (message.media_urls.length === 0 && t('noText'))}
      </Text>
      {message.media_urls.length > 0 && (
        <Text size="xs" c="dimmed">
          {t('pictures', { count: message.media_urls.length })}
        </Text>
      )}
    </Frame>
  );
}

function VoicemailRow({ entry }: { entry: Extract<TimelineEntry, { kind: 'voicemail' }> }) {
  const t = useContactTexts();
  const { voicemail } = entry;
  return (
    <Frame
      entry={entry}
      icon={IconRecordMail}
      color="violet"
      title={
        <Anchor
          size="sm"
          fw={550}
          c="inherit"
          renderRoot={(props) => <Link to="/voicemails" search={{ id: voicemail.id }} {...props} />}
        >
          {t('voicemail')}
        </Anchor>
      }
      beside={
        <>
          {!voicemail.is_heard && (
            <Badge size="sm" color="ink">
              {t('newVoicemail')}
            </Badge>
          )}
          <Text size="xs" c="dimmed">
            {voicemail.duration_ms != null && duration(voicemail.duration_ms / 1_000)}
          </Text>
        </>
      }
    >
      <Text size="sm" c={voicemail.transcript == null ? 'dimmed' : undefined} lineClamp={4}>
        {voicemail.transcript ?? t('noTranscript')}
      </Text>
    </Frame>
  );
}
