// A button for each call that can be played.

import { Button, SimpleGrid, Text } from '@mantine/core';
import {
  type Icon,
  IconArrowsLeftRight,
  IconBellRinging,
  IconHourglassOff,
  IconMicrophone,
  IconPhoneCheck,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPhoneOutgoing,
  IconPhonePause,
  IconPhoneX,
  IconRecordMail,
  IconUsersGroup,
} from '@tabler/icons-react';
import { useId } from 'react';
import type { Scenario } from './queries';
import { useSandboxTexts } from './text';

const ICONS: Record<Scenario, Icon> = {
  answered: IconPhoneCheck,
  missed: IconPhoneX,
  voicemail: IconRecordMail,
  recorded: IconMicrophone,
  queue: IconUsersGroup,
  transfer: IconPhoneIncoming,
  outbound: IconPhoneOutgoing,
  abandoned_greeting: IconPhoneOff,
  busy: IconPhonePause,
  internal: IconArrowsLeftRight,
  queue_abandoned: IconHourglassOff,
  ring_group: IconBellRinging,
};

/** Where the word of a scenario is that of an outcome as well, the button says what happens. */
const WORDS: Partial<Record<Scenario, 'busyCall'>> = { busy: 'busyCall' };

interface ScenariosProps {
  scenarios: Scenario[];
  busy: string | undefined;
  onRing: (scenario: Scenario) => void;
}

export function Scenarios({ scenarios, busy, onRing }: ScenariosProps) {
  const t = useSandboxTexts();
  const id = useId();
  return (
    <>
      <Text size="sm" fw={550} id={id}>
        {t('ring')}
      </Text>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs" role="group" aria-labelledby={id}>
        {scenarios.map((scenario) => {
          const Glyph = ICONS[scenario] ?? IconPhoneIncoming;
          const words = t(WORDS[scenario] ?? scenario);
          return (
            <Button
              key={scenario}
              variant="default"
              justify="flex-start"
              px="sm"
              leftSection={<Glyph size={16} aria-hidden />}
              loading={busy === scenario}
              onClick={() => onRing(scenario)}
              styles={{ label: { overflow: 'hidden', textOverflow: 'ellipsis' } }}
              title={words}
            >
              {words}
            </Button>
          );
        })}
      </SimpleGrid>
    </>
  );
}
