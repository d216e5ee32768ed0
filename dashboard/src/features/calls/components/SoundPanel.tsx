// What was recorded, and what was said, moving together: a click on a line plays from there, and the line that is being
// said is marked. Of several recordings the first that plays is the one that moves; lines of the others keep their words.

import { Group, Skeleton, Stack, Text } from '@mantine/core';
import { lazy, Suspense, useRef, useState } from 'react';
import type { PlayerHandle } from '@/ui/player/AudioPlayer';
import type { CallDetail } from '../queries';
import { useCallTexts } from '../text';
import { lineAt, timed } from '../transcript';
import { Panel } from './Panel';
import { Transcript } from './Transcript';
import { TranscriptExport } from './TranscriptExport';
import { TranscribeButton, TranscriptionState } from './TranscriptionState';

const AudioPlayer = lazy(() => import('@/ui/player/AudioPlayer').then((module) => ({ default: module.AudioPlayer })));

type Recording = CallDetail['recordings'][number];

/** Of the conversation itself, and playable before what is not. */
export function mainRecording(recordings: Recording[]): Recording | undefined {
  const talk = recordings.filter(({ kind }) => kind !== 'voicemail');
  return talk.find(({ audio_url }) => audio_url != null) ?? talk[0];
}

export function SoundPanel({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const player = useRef<PlayerHandle>(null);
  const [seconds, setSeconds] = useState(-1);
  const main = mainRecording(call.recordings);
  const others = call.recordings.filter((recording) => recording !== main && recording.kind !== 'voicemail');
  const canPlay = main?.audio_url != null;
  const starts = others.map(({ occurred_at }) => occurred_at);
  const lines = timed(call.transcript?.lines ?? [], canPlay ? main.occurred_at : undefined, starts);
  return (
    <>
      <Panel title={t('recording')}>
        <Stack gap="lg">
          {main === undefined ? (
            <Text size="sm" c="dimmed">
              {t('noRecording')}
            </Text>
          ) : (
            <Audio recording={main} ref={player} onTime={setSeconds} />
          )}
          {others.map((recording) => (
            <Audio key={recording.id} recording={recording} />
          ))}
        </Stack>
      </Panel>
      <Panel
        title={t('transcript')}
        actions={
          <Group gap={4} justify="flex-end">
            <TranscribeButton callId={call.id} isAgain={call.transcript != null} />
            {call.transcript != null && <TranscriptExport callId={call.id} />}
          </Group>
        }
      >
        <TranscriptionState callId={call.id} hasWords={(call.transcript?.lines.length ?? 0) > 0} />
        {call.transcript != null && (
          <Transcript
            lines={lines}
            current={lineAt(lines, seconds)}
            onSeek={canPlay ? (to) => player.current?.playFrom(to) : undefined}
          />
        )}
      </Panel>
    </>
  );
}

interface AudioProps {
  recording: Recording;
  onTime?: (seconds: number) => void;
  ref?: React.Ref<PlayerHandle>;
}

/** A recording, or why it cannot be heard. */
export function Audio({ recording, onTime, ref }: AudioProps) {
  const t = useCallTexts();
  if (recording.audio_url == null) {
    const words = {
      remote: t('recordingRemote'),
      saved: t('recordingRemote'),
      failed: t('recordingFailed', { reason: recording.failure ?? '' }),
      removed: t('recordingRemoved'),
    }[recording.status];
    return (
      <Text size="sm" c="dimmed">
        {words}
      </Text>
    );
  }
  return (
    <Suspense fallback={<Skeleton height={94} />}>
      <AudioPlayer
        src={recording.audio_url}
        label={t('recording')}
        durationMs={recording.duration_ms}
        download={recording.id}
        onTime={onTime}
        ref={ref}
      />
    </Suspense>
  );
}
