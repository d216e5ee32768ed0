// Short words at the edge of the screen: done, with a way back; or failed, with the reason.

import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { common } from '@/i18n/common';
import { explain } from './Failure';

/** How long a toast with a way back stays, ms. */
const UNDO_TIME = 8_000;

/** Something was done. With `onUndo` it can be taken back while the toast is there. */
export function toastDone(message: string, onUndo?: () => void): void {
  const id = crypto.randomUUID();
  const undo = (): void => {
    notifications.hide(id);
    onUndo?.();
  };
  notifications.show({
    id,
    withBorder: true,
    closeButtonProps: { 'aria-label': common('close') },
    autoClose: onUndo === undefined ? 3_000 : UNDO_TIME,
    message:
      onUndo === undefined ? (
        message
      ) : (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{message}</Text>
          <Button size="compact-sm" variant="subtle" onClick={undo}>
            {common('undo')}
          </Button>
        </Group>
      ),
  });
}

export function toastFailed(error: unknown): void {
  notifications.show({
    withBorder: true,
    closeButtonProps: { 'aria-label': common('close') },
    color: 'red',
    autoClose: 10_000,
    title: common('failedTitle'),
    message: explain(error),
  });
}
