// A text to whoever the call was with.

import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { phone, who } from '@/lib/format';
import { toastDone, toastFailed } from '@/ui/toast';
import { sides } from '../outcome';
import { type CallDetail, followUp } from '../queries';
import { useCallTexts } from '../text';

interface FollowUpDialogProps {
  call: CallDetail;
  isOpen: boolean;
  onClose: () => void;
}

const LONGEST = 1_600;
/** Characters of one SMS; a longer text goes as several. */
const ONE_PART = 160;

export function FollowUpDialog({ call, isOpen, onClose }: FollowUpDialogProps) {
  const t = useCallTexts();
  const words = useCommon();
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const { theirs, ours } = sides(call);
  const name = who(call.contact_name, theirs) ?? words('withheld');
  const send = async (): Promise<void> => {
    setBusy(true);
    try {
      await followUp(call.id, text);
      toastDone(t('didQueue'));
      setText('');
      onClose();
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t('followUpTitle', { who: name })}
      closeButtonProps={{ 'aria-label': words('close') }}
    >
      <Stack gap="xs">
        <Textarea
          label={t('followUpText')}
          data-autofocus
          autosize
          minRows={3}
          maxRows={12}
          maxLength={LONGEST}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {ours != null && t('followUpFrom', { number: phone(ours) })}
          </Text>
          <Text size="xs" c="dimmed">
            {text.length > ONE_PART ? `${text.length} / ${LONGEST}` : ''}
          </Text>
        </Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words('cancel')}
          </Button>
          <Button loading={isBusy} disabled={text.trim() === ''} onClick={() => void send()}>
            {t('followUpSend')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
