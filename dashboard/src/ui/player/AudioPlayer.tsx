// Audio with its waveform, its speed, and a place that others can set and follow. Load it where it is needed:
//
//   const AudioPlayer = lazy(() => import('@/ui/player/AudioPlayer').then((m) => ({ default: m.AudioPlayer })));
//
// The audio element plays by itself; the waveform is drawn beside it when the file could be read, and a plain line where it
// could not. So a recording that is too long to be decoded here, or on another origin, still plays.

import { ActionIcon, Box, Group, Menu, Text, Tooltip } from '@mantine/core';
import {
  IconDownload,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRewindBackward10,
  IconRewindForward10,
} from '@tabler/icons-react';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { duration } from '@/lib/format';
import { usePlayerTexts } from './text';
import { useWaveform } from './useWaveform';

export interface PlayerHandle {
  /** Goes to a moment, in seconds, and plays from there. */
  playFrom: (seconds: number) => void;
}

interface AudioPlayerProps {
  src: string;
  /** What it is a recording of, for screen readers. */
  label: string;
  /** As long as it is known before the file is. */
  durationMs?: number | null;
  /** Where it is, in seconds, four times a second while it plays. */
  onTime?: (seconds: number) => void;
  /** Its own name in downloads; left out where it must not be kept. */
  download?: string;
  ref?: Ref<PlayerHandle>;
}

const SPEEDS = [0.75, 1, 1.25, 1.5, 2] as const;
const SKIP = 10;
const HEIGHT = 56;

export function AudioPlayer({ src, label, durationMs, onTime, download, ref }: AudioPlayerProps) {
  const t = usePlayerTexts();
  const audio = useRef<HTMLAudioElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const [time, setTime] = useState(0);
  const [length, setLength] = useState((durationMs ?? 0) / 1_000);
  const [speed, setSpeed] = useState<number>(1);
  const hasWaveform = useWaveform(canvas, audio, src, HEIGHT, length, setLength);

  useEffect(() => {
    if (audio.current !== null) {
      audio.current.playbackRate = speed;
    }
  }, [speed]);

  const start = (): void => void audio.current?.play().catch(() => setBroken(true));
  const move = (to: number): void => {
    if (audio.current !== null) {
      audio.current.currentTime = Math.max(0, to);
    }
  };
  useImperativeHandle(ref, () => ({
    playFrom: (seconds) => {
      move(seconds);
      start();
    },
  }));

  return (
    <Box role="group" aria-label={label}>
      {/* biome-ignore lint/a11y/useMediaCaption: the words stand beside it, where there are any */}
      <audio
        ref={audio}
        src={src}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onError={() => setBroken(true)}
        onTimeUpdate={({ currentTarget }) => {
          setTime(currentTarget.currentTime);
          onTime?.(currentTarget.currentTime);
        }}
        onLoadedMetadata={({ currentTarget }) => {
          // The browser forgets the speed with each new source.
          currentTarget.playbackRate = speed;
          if (Number.isFinite(currentTarget.duration)) {
            setLength(currentTarget.duration);
          }
        }}
      />
      <Box pos="relative" h={HEIGHT}>
        <Box ref={canvas} h={HEIGHT} aria-hidden style={{ opacity: hasWaveform ? 1 : 0 }} />
        <Place time={time} length={length} onMove={move} label={t('waveform')} isPlain={!hasWaveform} />
      </Box>
      <Group justify="space-between" mt={4} wrap="nowrap">
        <Group gap={4} wrap="nowrap">
          <Tooltip label={t('back')}>
            <ActionIcon onClick={() => move(time - SKIP)} aria-label={t('back')}>
              <IconRewindBackward10 size={18} />
            </ActionIcon>
          </Tooltip>
          <ActionIcon
            variant="filled"
            color="ink"
            size="lg"
            radius="xl"
            aria-label={isPlaying ? t('pause') : t('play')}
            onClick={() => (isPlaying ? audio.current?.pause() : start())}
          >
            {isPlaying ? <IconPlayerPauseFilled size={18} /> : <IconPlayerPlayFilled size={18} />}
          </ActionIcon>
          <Tooltip label={t('forward')}>
            <ActionIcon onClick={() => move(time + SKIP)} aria-label={t('forward')}>
              <IconRewindForward10 size={18} />
            </ActionIcon>
          </Tooltip>
        </Group>
        <Text size="xs" c="dimmed" role="timer" aria-live="off">
          {duration(time)} / {length > 0 ? duration(length) : '–'}
        </Text>
        <Group gap={4} wrap="nowrap">
          <Speed speed={speed} onChange={setSpeed} />
          {download !== undefined && (
            <Tooltip label={t('download')}>
              <ActionIcon component="a" href={src} download={download} aria-label={t('download')}>
                <IconDownload size={18} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      </Group>
      {isBroken && (
        <Text size="xs" c="red" role="alert">
          {t('failed')}
        </Text>
      )}
    </Box>
  );
}

interface PlaceProps {
  time: number;
  length: number;
  onMove: (seconds: number) => void;
  label: string;
  /** There is no waveform below: a line is drawn. */
  isPlain: boolean;
}

/** The slider over the waveform: for the keyboard and screen readers as for the mouse. */
function Place({ time, length, onMove, label, isPlain }: PlaceProps) {
  return (
    <input
      type="range"
      className="audio-place"
      data-plain={isPlain || undefined}
      min={0}
      max={Math.max(length, 1)}
      step={0.1}
      value={Math.min(time, Math.max(length, 1))}
      aria-label={label}
      aria-valuetext={duration(time)}
      onChange={(event) => onMove(Number(event.currentTarget.value))}
    />
  );
}

function Speed({ speed, onChange }: { speed: number; onChange: (speed: number) => void }) {
  const t = usePlayerTexts();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon w={48} aria-label={`${t('speed')}: ${speed}×`}>
          <Text size="xs" fw={600}>
            {speed}×
          </Text>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('speed')}</Menu.Label>
        {SPEEDS.map((each) => (
          <Menu.Item key={each} onClick={() => onChange(each)} fw={each === speed ? 700 : undefined}>
            {each}×
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
