// One voicemail: heard, read and answered. Playing it marks it as heard.

import { ActionIcon, Button, Group, Paper, ScrollArea, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconAddressBook, IconMailOpened, IconMailX, IconMessage, IconPhone, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useRef } from 'react';
import { fullTime, phone } from '@/lib/format';
import { useMay } from '@/session/me';
import { Failure } from '@/ui/Failure';
import { PersonAvatar } from '@/ui/PersonAvatar';
import { toastDone, toastFailed } from '@/ui/toast';
import { recordingQuery, setHeard, type Voicemail, voicemailQuery } from '../queries';
import { useVoicemailTexts } from '../text';
import { callerOf } from './columns';

const AudioPlayer = lazy(() => import('@/ui/player/AudioPlayer').then((module) => ({ default: module.AudioPlayer })));

interface VoicemailPanelProps {
  id: string;
  onClose: () => void;
}

export function VoicemailPanel({ id, onClose }: VoicemailPanelProps) {
  const t = useVoicemailTexts();
  const { data: voicemail, error, refetch } = useQuery(voicemailQuery(id));
  return (
    <Paper h="100%" style={{ display: 'flex', flexDirection: 'column', overflow: 'hidden' }}>
      <Group justify="flex-end" p="xs" pb={0}>
        <ActionIcon onClick={onClose} aria-label={t('close')}>
          <IconX size={18} />
        </ActionIcon>
      </Group>
      <ScrollArea style={{ flex: 1 }} px="md" pb="md" viewportProps={{ tabIndex: 0 }}>
        {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {voicemail === undefined && error === null && <Waiting />}
        {voicemail !== undefined && <Contents voicemail={voicemail} />}
      </ScrollArea>
    </Paper>
  );
}

function Waiting() {
  return (
    <Stack aria-busy="true">
      <Skeleton height={40} width="70%" />
      <Skeleton height={94} />
      <Skeleton height={120} />
    </Stack>
  );
}

function Contents({ voicemail }: { voicemail: Voicemail }) {
  const t = useVoicemailTexts();
  const mayWrite = useMay('records.write');
  const name = callerOf(voicemail);
  const numbers = [voicemail.from_number, voicemail.agent_name ?? voicemail.to_number].map(
    (number) => number != null && (number.startsWith('+') ? phone(number) : number),
  );
  const mark = (isHeard: boolean): void => {
    setHeard(voicemail.id, isHeard).then(() => !isHeard && toastDone(t('markedUnheard')), toastFailed);
  };
  return (
    <Stack gap="lg">
      <Group gap="sm" wrap="nowrap">
        <PersonAvatar name={voicemail.contact_name} size={40} />
        <Stack gap={0} miw={0}>
          <Title order={2} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Title>
          <Text size="xs" c="dimmed">
            {numbers.filter(Boolean).join(' → ')}
          </Text>
          <Text size="xs" c="dimmed">
            {fullTime(voicemail.occurred_at)}
          </Text>
        </Stack>
      </Group>
      <Audio
        key={voicemail.id}
        voicemail={voicemail}
        onPlayed={() => {
          if (mayWrite && !voicemail.is_heard) {
            mark(true);
          }
        }}
      />
      <Stack gap={4}>
        <Text size="xs" c="dimmed" fw={550}>
          {t('said')}
        </Text>
        <Text size="sm" c={voicemail.transcript == null ? 'dimmed' : undefined} style={{ whiteSpace: 'pre-line' }}>
          {voicemail.transcript ?? t('noTranscript')}
        </Text>
      </Stack>
      <Group gap="xs">
        {mayWrite && (
          <Button
            variant="default"
            leftSection={
              voicemail.is_heard ? <IconMailX size={16} aria-hidden /> : <IconMailOpened size={16} aria-hidden />
            }
            onClick={() => mark(!voicemail.is_heard)}
          >
            {voicemail.is_heard ? t('markUnheard') : t('markHeard')}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconPhone size={16} aria-hidden />}
          renderRoot={(props) => <Link to="/calls/$id" params={{ id: voicemail.call_id }} {...props} />}
        >
          {t('toCall')}
        </Button>
        {voicemail.contact_id != null && (
          <Button
            variant="default"
            leftSection={<IconAddressBook size={16} aria-hidden />}
            renderRoot={(props) => <Link to="/contacts/$id" params={{ id: voicemail.contact_id ?? '' }} {...props} />}
          >
            {t('toContact')}
          </Button>
        )}
        {mayWrite && voicemail.from_number != null && (
          <Button
            variant="default"
            leftSection={<IconMessage size={16} aria-hidden />}
            renderRoot={(props) => (
              <Link
                to="/messages"
                search={{ contact: voicemail.contact_id ?? undefined, number: voicemail.from_number ?? undefined }}
                {...props}
              />
            )}
          >
            {t('answer')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** After so many seconds somebody listened to it, rather than touched the button. */
const LISTENED = 1;

function Audio({ voicemail, onPlayed }: { voicemail: Voicemail; onPlayed: () => void }) {
  const t = useVoicemailTexts();
  const id = voicemail.recording_id;
  const { data: recording, isPending, isError } = useQuery({ ...recordingQuery(id ?? ''), enabled: id != null });
  const isNoted = useRef(false);
  if (id == null || isError) {
    return <Silent words={t('audioNone')} />;
  }
  if (isPending) {
    return <Skeleton height={94} />;
  }
  if (recording.audio_url == null) {
    const words = {
      remote: t('audioRemote'),
      saved: t('audioRemote'),
      failed: t('audioFailed', { reason: recording.failure ?? '' }),
      removed: t('audioRemoved'),
    }[recording.status];
    return <Silent words={words} />;
  }
  return (
    <Suspense fallback={<Skeleton height={94} />}>
      <AudioPlayer
        src={recording.audio_url}
        label={t('recordingOf', { name: callerOf(voicemail) })}
        durationMs={recording.duration_ms ?? voicemail.duration_ms}
        onTime={(seconds) => {
          if (seconds >= LISTENED && !isNoted.current) {
            isNoted.current = true;
            onPlayed();
          }
        }}
      />
    </Suspense>
  );
}

function Silent({ words }: { words: string }) {
  return (
    <Text size="sm" c="dimmed">
      {words}
    </Text>
  );
}
