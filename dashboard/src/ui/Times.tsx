// Times on screen. The machine-readable time and the full one are always there for whoever points at it.

import { Text, type TextProps } from '@mantine/core';
import { ago, duration, fullTime, shortTime } from '@/lib/format';
import { useNow } from '@/lib/useNow';

interface TimeProps extends TextProps {
  at: string;
}

/** The time of a row. */
export function When({ at, ...rest }: TimeProps) {
  return (
    <Text span inherit {...rest}>
      <time dateTime={at} title={fullTime(at)}>
        {shortTime(at)}
      </time>
    </Text>
  );
}

/** "5 minutes ago", moving. */
export function Ago({ at, ...rest }: TimeProps) {
  const now = useNow(10_000);
  return (
    <Text span inherit {...rest}>
      <time dateTime={at} title={fullTime(at)}>
        {ago(at, Math.max(now, Date.parse(at)))}
      </time>
    </Text>
  );
}

/** How long something has been going on, each second. */
export function Running({ since }: { since: string }) {
  const now = useNow();
  return <span>{duration((now - Date.parse(since)) / 1_000)}</span>;
}
