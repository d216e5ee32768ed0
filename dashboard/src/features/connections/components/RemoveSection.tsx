// Switching off, which can be taken back, and removing, which cannot.

import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Confirm } from '@/ui/confirm';
import { toastDone, toastFailed } from '@/ui/toast';
import { type ConnectionDetail, forgetConnection, removeConnection, updateConnection } from '../queries';
import { useConnectionTexts } from '../text';

export function RemoveSection({ connection }: { connection: ConnectionDetail }) {
  const t = useConnectionTexts();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const [isForced, setForced] = useState(false);
  const { id } = connection;
  const isOn = connection.status !== 'disabled';
  const turn = async (enabled: boolean): Promise<void> => {
    try {
      await updateConnection(id, { enabled });
      toastDone(t(enabled ? 'switchedOn' : 'switchedOff'), () => void turn(!enabled));
    } catch (error) {
      toastFailed(error);
    }
  };
  return (
    <Group gap="sm" justify="flex-end">
      <Button
        variant="default"
        leftSection={isOn ? <IconPlayerPause size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
        onClick={() => void turn(!isOn)}
      >
        {t(isOn ? 'switchOff' : 'switchOn')}
      </Button>
      <Button
        variant="light"
        color="red"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {t('remove')}
      </Button>
      <Confirm
        title={t('removeTitle')}
        deed={t('remove')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await removeConnection(id, isForced);
          toastDone(t('removed'));
          await navigate({ to: '/connections' });
          void forgetConnection(id);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t('removeAbout')}</Text>
          <Checkbox
            label={t('removeForce')}
            checked={isForced}
            onChange={(event) => setForced(event.currentTarget.checked)}
          />
        </Stack>
      </Confirm>
    </Group>
  );
}
