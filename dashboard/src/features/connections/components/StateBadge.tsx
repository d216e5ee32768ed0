// Whether what a provider sends still arrives: a word, a colour and a sign.

import { Badge, type MantineColor } from '@mantine/core';
import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconHourglass,
  IconPlayerPause,
  IconVolumeOff,
} from '@tabler/icons-react';
import type { ConnectionActivity } from '../queries';
import { useConnectionTexts } from '../text';

type State = ConnectionActivity['state'];

const LOOKS: Record<State, { color: MantineColor; icon: Icon }> = {
  ok: { color: 'teal', icon: IconCircleCheck },
  waiting: { color: 'blue', icon: IconHourglass },
  silent: { color: 'orange', icon: IconVolumeOff },
  failing: { color: 'red', icon: IconAlertTriangle },
  paused: { color: 'gray', icon: IconPlayerPause },
};

export function StateBadge({ state }: { state: State }) {
  const t = useConnectionTexts();
  const { color, icon: Glyph } = LOOKS[state];
  return (
    <Badge color={color} leftSection={<Glyph size={13} aria-hidden />} style={{ flexShrink: 0 }}>
      {t(state)}
    </Badge>
  );
}
