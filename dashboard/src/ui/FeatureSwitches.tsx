// The features of a workspace, for its own people and for who runs the installation.

import { Anchor, Badge, Group, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import type { Feature } from '@/api/schema.gen';
import { toastFailed } from './toast';

type Name = Feature['name'];

interface FeatureSwitchesProps {
  features: Feature[];
  words: (key: Name | `${Name}About` | 'asEverybody' | 'switchedHere' | 'giveBack') => string;
  isReadOnly: boolean;
  /** Null leaves it to the installation again. */
  onSwitch: (name: Name, isOn: boolean | null) => Promise<unknown>;
}

export function FeatureSwitches({ features, words, isReadOnly, onSwitch }: FeatureSwitchesProps) {
  // What was pressed shows at once; the server's answer takes its place.
  const [pressed, setPressed] = useState<Partial<Record<Name, boolean>>>({});
  const press = async (name: Name, isOn: boolean | null): Promise<void> => {
    setPressed((all) => ({ ...all, [name]: isOn ?? undefined }));
    try {
      await onSwitch(name, isOn);
    } catch (error) {
      toastFailed(error);
    } finally {
      setPressed((all) => ({ ...all, [name]: undefined }));
    }
  };
  return (
    <Stack gap="lg">
      {features.map(({ name, is_on, is_switched }) => (
        <Group key={name} justify="space-between" wrap="nowrap" align="flex-start">
          <Stack gap={2} miw={0}>
            <Group gap="xs">
              <Text size="sm" fw={600} id={`feature-${name}`}>
                {words(name)}
              </Text>
              <Badge color={is_switched ? undefined : 'gray'} size="sm">
                {is_switched ? words('switchedHere') : words('asEverybody')}
              </Badge>
            </Group>
            <Text size="sm" c="dimmed">
              {words(`${name}About`)}
            </Text>
            {is_switched && !isReadOnly && (
              <Anchor
                component="button"
                type="button"
                size="xs"
                ta="left"
                w="fit-content"
                onClick={() => void press(name, null)}
              >
                {words('giveBack')}
              </Anchor>
            )}
          </Stack>
          <Switch
            size="md"
            aria-labelledby={`feature-${name}`}
            checked={pressed[name] ?? is_on}
            disabled={isReadOnly}
            onChange={(event) => void press(name, event.currentTarget.checked)}
          />
        </Group>
      ))}
    </Stack>
  );
}
