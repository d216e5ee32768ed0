// The name of a view, and whether others see it.

import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { showFaults } from '../formFaults';
import { toastDone, toastFailed } from '../toast';
import type { SavedView } from './queries';
import { useViewTexts } from './text';

const MAX_NAME = 80;

interface ViewDialogProps {
  /** The view that is changed; left out for a new one. */
  view?: SavedView;
  onSave: (wish: { name: string; is_shared: boolean }) => Promise<void>;
  onClose: () => void;
}

export function ViewDialog({ view, onSave, onClose }: ViewDialogProps) {
  const t = useViewTexts();
  const common = useCommon();
  const [isBusy, setBusy] = useState(false);
  const form = useForm({ initialValues: { name: view?.name ?? '', is_shared: view?.is_shared ?? false } });

  const save = form.onSubmit(async ({ name, is_shared }) => {
    setBusy(true);
    try {
      await onSave({ name: name.trim(), is_shared });
      toastDone(t('saved'));
      onClose();
    } catch (error) {
      if (showFaults(form, error) !== undefined) {
        toastFailed(error);
      }
    } finally {
      setBusy(false);
    }
  });

  return (
    <Modal
      opened
      onClose={onClose}
      title={view === undefined ? t('saveTitle') : t('changeTitle')}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <form onSubmit={save}>
        <Stack>
          <TextInput
            label={t('name')}
            placeholder={t('namePlaceholder')}
            maxLength={MAX_NAME}
            required
            data-autofocus
            {...form.getInputProps('name')}
          />
          <Checkbox label={t('share')} {...form.getInputProps('is_shared', { type: 'checkbox' })} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common('cancel')}
            </Button>
            <Button type="submit" loading={isBusy} disabled={form.values.name.trim() === ''}>
              {common('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
