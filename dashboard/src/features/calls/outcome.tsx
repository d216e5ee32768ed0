// What became of a call, as a word with a colour and a sign: the colour never says it alone.

import { Badge, type MantineColor, Text } from '@mantine/core';
import {
  type Icon,
  IconArrowsLeftRight,
  IconPhoneCall,
  IconPhoneCheck,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPhoneOutgoing,
  IconPhonePause,
  IconPhoneRinging,
  IconPhoneX,
  IconPlugConnectedX,
  IconRecordMail,
} from '@tabler/icons-react';
import type { Call } from './queries';
import { useCallTexts } from './text';

type Word = NonNullable<Call['outcome']> | 'ringing' | 'active' | 'ended';

const LOOKS: Record<Word, { color: MantineColor; icon: Icon }> = {
  ringing: { color: 'blue', icon: IconPhoneRinging },
  active: { color: 'teal', icon: IconPhoneCall },
  ended: { color: 'gray', icon: IconPhoneCheck },
  answered: { color: 'teal', icon: IconPhoneCheck },
  missed: { color: 'red', icon: IconPhoneX },
  abandoned: { color: 'orange', icon: IconPhonePause },
  voicemail: { color: 'violet', icon: IconRecordMail },
  no_answer: { color: 'gray', icon: IconPhoneOff },
  rejected: { color: 'gray', icon: IconPhoneX },
  busy: { color: 'yellow', icon: IconPhonePause },
  failed: { color: 'red', icon: IconPlugConnectedX },
  congestion: { color: 'orange', icon: IconPlugConnectedX },
};

export function wordOf(call: Pick<Call, 'outcome' | 'status'>): Word {
  if (call.outcome != null) {
    return call.outcome;
  }
  return call.status === 'ringing' || call.status === 'active' ? call.status : 'ended';
}

export function OutcomeBadge({ call }: { call: Pick<Call, 'outcome' | 'status'> }) {
  const t = useCallTexts();
  const word = wordOf(call);
  const { color, icon: Glyph } = LOOKS[word];
  return (
    <Badge color={color} leftSection={<Glyph size={13} aria-hidden />}>
      {t(word)}
    </Badge>
  );
}

const DIRECTIONS: Record<NonNullable<Call['direction']>, Icon> = {
  inbound: IconPhoneIncoming,
  outbound: IconPhoneOutgoing,
  internal: IconArrowsLeftRight,
};

/** Which way a call went, before the name of who it was with. */
export function DirectionIcon({ direction }: { direction: Call['direction'] }) {
  const t = useCallTexts();
  if (direction == null) {
    return null;
  }
  const Glyph = DIRECTIONS[direction];
  return (
    <Text span c="dimmed" lh={0} title={t(direction)}>
      <Glyph size={16} stroke={1.7} aria-label={t(direction)} />
    </Text>
  );
}

/** Their number and ours. */
export function sides(call: Pick<Call, 'direction' | 'from_number' | 'to_number'>) {
  return call.direction === 'outbound' || call.direction === 'internal'
    ? { theirs: call.to_number, ours: call.from_number }
    : { theirs: call.from_number, ours: call.to_number };
}
