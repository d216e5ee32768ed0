// What whoever holds a link to a call sees. No sign-in, and nothing but what was chosen to be shown.

import { Alert, Center, Container, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconLinkOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { ApiError } from '@/api/errors';
import { duration, fullTime } from '@/lib/format';
import { ownMedia } from '@/lib/media';
import { EmptyState } from '@/ui/EmptyState';
import { explain, Failure } from '@/ui/Failure';
import type { PlayerHandle } from '@/ui/player/AudioPlayer';
import { Panel } from '../components/Panel';
import { Transcript } from '../components/Transcript';
import { type SharedCall, sharedQuery } from '../queries';
import { useCallTexts } from '../text';
import { lineAt, timed } from '../transcript';

const AudioPlayer = lazy(() => import('@/ui/player/AudioPlayer').then((module) => ({ default: module.AudioPlayer })));

/** What stands behind `#token=`. It stays in the address: the link works more than once, and people load pages again. */
function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';
}

export function SharedPage() {
  const t = useCallTexts();
  const [token] = useState(() => tokenOf(window.location.hash));
  const { data, error } = useQuery({ ...sharedQuery(token), enabled: token !== '' });
  useEffect(() => {
    document.title = `${t('sharedTitle')} · Switchboard`;
  }, [t]);
  const isEnded = error instanceof ApiError && [404, 410].includes(error.problem.status);

  return (
    <Container component="main" size="sm" py="xl" mih="100dvh">
      {data === undefined && (
        <Title order={1} className="sr-only">
          {t('sharedTitle')}
        </Title>
      )}
      {token === '' || isEnded ? (
        <Center mih="60dvh">
          <EmptyState icon={IconLinkOff} title={t('sharedEndedTitle')}>
            {token === '' ? t('sharedNoToken') : explain(error)}
          </EmptyState>
        </Center>
      ) : error !== null ? (
        <Failure error={error} />
      ) : data === undefined ? (
        <Stack aria-busy="true">
          <Skeleton height={32} width="60%" />
          <Skeleton height={140} />
          <Skeleton height={240} />
        </Stack>
      ) : (
        <Shared call={data} />
      )}
    </Container>
  );
}

function Shared({ call }: { call: SharedCall }) {
  const t = useCallTexts();
  const player = useRef<PlayerHandle>(null);
  const [seconds, setSeconds] = useState(-1);
  const first = call.recordings?.[0];
  const others = call.recordings?.slice(1).map(({ started_at }) => started_at);
  const lines = timed(call.transcript ?? [], first?.started_at, others);
  return (
    <Stack gap="md">
      <Stack gap={4}>
        <Title order={1}>{t('sharedTitle')}</Title>
        <Text c="dimmed" size="sm">
          {t('sharedBy', { name: call.shared_by, workspace: call.workspace })} {fullTime(call.occurred_at)}
          {call.duration_seconds ? ` · ${duration(call.duration_seconds)}` : ''}
        </Text>
      </Stack>
      {call.note != null && (
        <Alert color="ink" variant="light">
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {call.note}
          </Text>
        </Alert>
      )}
      {call.summary != null && (
        <Panel title={t('summary')}>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {call.summary}
          </Text>
        </Panel>
      )}
      {call.recordings != null && (
        <Panel title={t('recording')}>
          {first === undefined && (
            <Text size="sm" c="dimmed">
              {t('sharedNoAudio')}
            </Text>
          )}
          <Stack gap="lg">
            {call.recordings.map((recording, index) => (
              <Suspense key={recording.url} fallback={<Skeleton height={94} />}>
                <AudioPlayer
                  src={ownMedia(recording.url)}
                  label={t('recording')}
                  durationMs={recording.duration_ms}
                  onTime={index === 0 ? setSeconds : undefined}
                  ref={index === 0 ? player : undefined}
                />
              </Suspense>
            ))}
          </Stack>
        </Panel>
      )}
      {call.transcript != null && (
        <Panel title={t('transcript')}>
          {call.transcript.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('noTranscript')}
            </Text>
          ) : (
            <Transcript
              lines={lines}
              current={lineAt(lines, seconds)}
              onSeek={first === undefined ? undefined : (to) => player.current?.playFrom(to)}
            />
          )}
        </Panel>
      )}
      <Paper withBorder={false} bg="transparent">
        <Text size="xs" c="dimmed">
          {t('sharedUntil', { time: fullTime(call.expires_at) })}
        </Text>
      </Paper>
    </Stack>
  );
}
