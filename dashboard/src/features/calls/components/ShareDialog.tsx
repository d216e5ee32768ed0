// A link that shows chosen parts of the call to somebody outside, and the links that there are.

import { Button, Checkbox, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { CopyField } from '@/ui/Copy';
import { showFaults } from '@/ui/formFaults';
import { toastFailed } from '@/ui/toast';
import { type CallDetail, makeShare, type ShareWish } from '../queries';
import { useCallTexts } from '../text';
import { ShareLinks } from './ShareLinks';

type Item = ShareWish['include'][number];

interface ShareDialogProps {
  call: CallDetail;
  isOpen: boolean;
  onClose: () => void;
}

const HOURS = [1, 24, 72, 168, 720] as const;

/** What of a call there is to show. */
export function shareable(call: CallDetail): Record<Item, boolean> {
  return {
    recording: call.recordings.some(({ audio_url }) => audio_url != null),
    transcript: call.transcript != null,
    summary: call.summary != null,
  };
}

export function ShareDialog({ call, isOpen, onClose }: ShareDialogProps) {
  const t = useCallTexts();
  const words = useCommon();
  const [made, setMade] = useState<{ url: string; email: string }>();
  const close = (): void => {
    onClose();
    setMade(undefined);
  };
  return (
    <Modal opened={isOpen} onClose={close} title={t('shareTitle')} closeButtonProps={{ 'aria-label': words('close') }}>
      <Stack>
        {made === undefined ? (
          <ShareForm call={call} onMade={(url, email) => setMade({ url, email })} onCancel={close} />
        ) : (
          <Stack gap="xs">
            <Text size="sm">{t('shareMade')}</Text>
            <CopyField value={made.url} />
            {made.email !== '' && (
              <Text size="sm" c="dimmed">
                {t('shareMailed', { email: made.email })}
              </Text>
            )}
            <Group justify="flex-end">
              <Button onClick={close}>{words('done')}</Button>
            </Group>
          </Stack>
        )}
        {isOpen && <ShareLinks callId={call.id} />}
      </Stack>
    </Modal>
  );
}

interface ShareFormProps {
  call: CallDetail;
  onMade: (url: string, email: string) => void;
  onCancel: () => void;
}

function ShareForm({ call, onMade, onCancel }: ShareFormProps) {
  const t = useCallTexts();
  const words = useCommon();
  const has = shareable(call);
  const items: Item[] = ['recording', 'transcript', 'summary'];
  const form = useForm({
    initialValues: { include: items.filter((item) => has[item]), hours: '24', email: '', note: '' },
  });
  const label = { recording: t('shareRecording'), transcript: t('shareTranscript'), summary: t('shareSummary') };

  const submit = form.onSubmit(async ({ include, hours, email, note }) => {
    const wish = { include, expires_in_hours: Number(hours), email: email || undefined, note: note || undefined };
    try {
      onMade(await makeShare(call.id, wish), email);
    } catch (error) {
      if (showFaults(form, error) !== undefined) {
        toastFailed(error);
      }
    }
  });

  return (
    <form onSubmit={submit}>
      <Stack>
        <Checkbox.Group label={t('shareWhat')} {...form.getInputProps('include')}>
          <Stack gap={8} mt={6}>
            {items.map((item) => (
              <Checkbox
                key={item}
                value={item}
                label={label[item]}
                disabled={!has[item]}
                description={has[item] ? undefined : t('shareMissing')}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <Select
          label={t('shareFor')}
          data={HOURS.map((hours) => ({ value: String(hours), label: t(`hours${hours}`) }))}
          allowDeselect={false}
          {...form.getInputProps('hours')}
        />
        <TextInput
          label={`${t('shareEmail')} (${words('optional')})`}
          type="email"
          autoComplete="off"
          {...form.getInputProps('email')}
        />
        <Textarea
          label={`${t('shareNote')} (${words('optional')})`}
          autosize
          maxRows={5}
          maxLength={500}
          {...form.getInputProps('note')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {words('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting} disabled={form.values.include.length === 0}>
            {t('shareMake')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
