// A question before what cannot be undone. What can be undone is done at once, with a toast that takes it back.

import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useCommon } from '@/i18n/common';
import { toastFailed } from './toast';

interface ConfirmProps {
  title: string;
  children: ReactNode;
  /** The word on the button: the deed, not "OK". */
  deed: string;
  /** Must be typed first; for what a slip of the hand must not do. */
  phrase?: string;
  /** What else it takes is there: a reason that was asked for. */
  isReady?: boolean;
  isOpen: boolean;
  onClose: () => void;
  /** The dialog closes when it is done, and stays when it failed. */
  onConfirm: () => Promise<unknown>;
}

export function Confirm({ title, children, deed, phrase, isReady = true, isOpen, onClose, onConfirm }: ConfirmProps) {
  const t = useCommon();
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);

  const confirm = async (): Promise<void> => {
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal opened={isOpen} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        <Text size="sm" component="div">
          {children}
        </Text>
        {phrase !== undefined && (
          <TextInput
            label={phrase}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            color="red"
            loading={isBusy}
            disabled={!isReady || (phrase !== undefined && typed !== phrase)}
            onClick={confirm}
          >
            {deed}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
