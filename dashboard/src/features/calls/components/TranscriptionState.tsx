// How far a call's recordings are on their way to a transcript, why there is none, and asking for it.

import { Alert, Anchor, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { IconEarOff, IconMicrophone } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useState } from 'react';
import type { CallTranscription, RecordingTranscription } from '@/api/schema.gen';
import { useMay } from '@/session/me';
import { Confirm } from '@/ui/confirm';
import { toastDone, toastFailed } from '@/ui/toast';
import { transcribeCall, transcriptionQuery } from '../queries';
import { useCallTexts } from '../text';
import { useTranscriptionTexts } from '../transcriptionText';

/** Asks for it, or for it once more. */
export function TranscribeButton({ callId, isAgain }: { callId: string; isAgain: boolean }) {
  const t = useTranscriptionTexts();
  const mayAsk = useMay('records.write');
  const [isAsking, setAsking] = useState(false);
  const { data } = useQuery(transcriptionQuery(callId));
  const ask = useMutation({
    mutationFn: () => transcribeCall(callId),
    onSuccess: () => toastDone(t('begun')),
    onError: toastFailed,
  });
  if (!mayAsk || data?.can_ask !== true) {
    return null;
  }
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        leftSection={<IconMicrophone size={15} aria-hidden />}
        loading={ask.isPending}
        onClick={() => (isAgain ? setAsking(true) : ask.mutate())}
      >
        {t(isAgain ? 'again' : 'transcribe')}
      </Button>
      <Confirm
        title={t('again')}
        deed={t('again')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await ask.mutateAsync();
        }}
      >
        {t('againText')}
      </Confirm>
    </>
  );
}

/** What there is to say beside the words, or in their place. */
export function TranscriptionState({ callId, hasWords }: { callId: string; hasWords: boolean }) {
  const calls = useCallTexts();
  const { data } = useQuery(transcriptionQuery(callId));
  if (data === undefined || data.recordings.length === 0) {
    return hasWords ? null : <Nothing data={data} none={calls('noTranscript')} />;
  }
  // Beside the words only what they do not show themselves.
  const told = data.recordings.filter((row) => !hasWords || row.state !== 'done' || isRedacted(row));
  if (told.length === 0) {
    return null;
  }
  return (
    <Stack gap="xs" mb={hasWords ? 'sm' : 0}>
      {told.map((row) => (
        <Recording key={row.recording_id} row={row} hasWords={hasWords} />
      ))}
    </Stack>
  );
}

function Nothing({ data, none }: { data: CallTranscription | undefined; none: string }) {
  const t = useTranscriptionTexts();
  const maySet = useMay('workspace.read');
  const isOff = data !== undefined && data.recording_count > 0 && data.availability !== 'on';
  return (
    <Text size="sm" c="dimmed">
      {none}{' '}
      {isOff && (
        <>
          {t(data.availability === 'switched_off' ? 'switchedOff' : 'noConnection')}{' '}
          {maySet && (
            <Anchor
              size="sm"
              underline="always"
              renderRoot={(props) => <Link to={'/settings/transcription' as LinkProps['to']} {...props} />}
            >
              {t('toSettings')}
            </Anchor>
          )}
        </>
      )}
    </Text>
  );
}

const isRedacted = (row: RecordingTranscription): boolean => Object.keys(row.redacted).length > 0;

const OPEN = ['waiting', 'sending', 'running'];

function useWords(): (row: RecordingTranscription, hasWords: boolean) => string | undefined {
  const t = useTranscriptionTexts();
  return (row, hasWords) => {
    const reason = row.reason ?? '';
    switch (row.state) {
      case 'waiting':
        return row.reason == null ? t('waiting') : t('trying', { reason });
      case 'sending':
      case 'running':
        return t(row.state);
      case 'done':
        return hasWords ? undefined : t('doneSilent');
      case 'skipped':
        return t((row.code ?? 'no_connection') as 'no_connection');
      case 'failed':
      case 'unknown':
        return t(row.state, { reason });
    }
  };
}

function Recording({ row, hasWords }: { row: RecordingTranscription; hasWords: boolean }) {
  const words = useWords()(row, hasWords);
  return (
    <>
      {words !== undefined && (
        <Group gap="xs" wrap="nowrap" align="center" role="status">
          {OPEN.includes(row.state) && <Loader size={14} color="gray" aria-hidden />}
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {words}
          </Text>
        </Group>
      )}
      {row.state === 'done' && isRedacted(row) && <Redacted row={row} />}
    </>
  );
}

/** What was taken out, and whether it can still be heard. */
function Redacted({ row }: { row: RecordingTranscription }) {
  const t = useTranscriptionTexts();
  const kinds = Object.entries(row.redacted);
  const what = kinds.map(([kind, count]) => `${t(kind as 'card_number')}${count > 1 ? ` ×${count}` : ''}`).join(', ');
  if (row.audio === 'audible') {
    return (
      <Alert color="yellow" variant="light" py="xs" icon={<IconEarOff size={18} />}>
        <Text size="sm">
          {t('redacted', { what })}. {t('audible', { reason: row.audio_reason ?? '' })}
        </Text>
      </Alert>
    );
  }
  const sound = row.audio === 'silenced' || row.audio === 'pending' ? t(row.audio) : undefined;
  return (
    <Text size="xs" c="dimmed">
      {[t('redacted', { what }), sound].filter(Boolean).join(' · ')}
    </Text>
  );
}
