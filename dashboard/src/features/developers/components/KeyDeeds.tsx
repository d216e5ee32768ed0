// What can be done with one key: replace it, name it, end it.

import { ActionIcon, Button, Group, Menu, Modal, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconBan, IconDots, IconPencil, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { Confirm } from '@/ui/confirm';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { toastDone } from '@/ui/toast';
import { useAppTexts } from '../appsText';
import { type ApiKey, revokeKey, rotateKey, updateKey } from '../queries';
import { NewKey } from './NewKey';

interface KeyDeedsProps {
  appId: string;
  apiKey: ApiKey;
}

export function KeyDeeds({ appId, apiKey }: KeyDeedsProps) {
  const t = useAppTexts();
  const words = useCommon();
  const [open, setOpen] = useState<'rotate' | 'edit' | 'revoke'>();
  const close = (): void => setOpen(undefined);
  const frame = { onClose: close, closeButtonProps: { 'aria-label': words('close') } };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t('actions', { hint: apiKey.hint })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconRefresh size={16} />} onClick={() => setOpen('rotate')}>
            {t('rotate')}
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setOpen('edit')}>
            {t('edit')}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconBan size={16} />} onClick={() => setOpen('revoke')}>
            {t('revoke')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={open === 'rotate'} title={t('rotateTitle')} size="lg" closeOnClickOutside={false} {...frame}>
        <Rotate appId={appId} apiKey={apiKey} onClose={close} />
      </Modal>
      <Modal opened={open === 'edit'} title={t('edit')} {...frame}>
        <Edit appId={appId} apiKey={apiKey} onClose={close} />
      </Modal>
      <Confirm
        title={t('revokeTitle')}
        deed={t('revoke')}
        isOpen={open === 'revoke'}
        onClose={close}
        onConfirm={async () => {
          await revokeKey(appId, apiKey.id);
          toastDone(t('revokeDone'));
        }}
      >
        {t('revokeText', { hint: apiKey.hint })}
      </Confirm>
    </>
  );
}

interface DialogProps extends KeyDeedsProps {
  onClose: () => void;
}

const GRACE = [0, 3_600, 86_400, 604_800] as const;

function Rotate({ appId, apiKey, onClose }: DialogProps) {
  const t = useAppTexts();
  const words = useCommon();
  const [made, setMade] = useState<string>();
  const form = useForm({ initialValues: { grace: '3600' } });
  const { failure, attempt } = useFormFailure(form);
  if (made !== undefined) {
    return <NewKey apiKey={made} onDone={onClose} />;
  }
  const submit = form.onSubmit(async ({ grace }) => {
    await attempt(async () => setMade(await rotateKey(appId, apiKey.id, Number(grace))));
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{t('rotateText')}</Text>
        <Select
          label={t('grace')}
          data={GRACE.map((seconds) => ({ value: String(seconds), label: t(`grace${seconds}`) }))}
          allowDeselect={false}
          {...form.getInputProps('grace')}
        />
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting}>
            {t('rotate')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Edit({ appId, apiKey, onClose }: DialogProps) {
  const t = useAppTexts();
  const words = useCommon();
  const form = useForm<{ name: string; requests_per_minute: number | '' }>({
    initialValues: { name: apiKey.name ?? '', requests_per_minute: apiKey.requests_per_minute ?? '' },
  });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit(async ({ name, requests_per_minute: limit }) => {
    if (await attempt(() => updateKey(appId, apiKey.id, name.trim(), limit === '' ? null : limit))) {
      toastDone(t('saved'));
      onClose();
    }
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label={t('keyName')} maxLength={200} data-autofocus {...form.getInputProps('name')} />
        <NumberInput
          label={t('limit')}
          placeholder={t('limitHint')}
          min={1}
          max={100_000}
          allowDecimal={false}
          {...form.getInputProps('requests_per_minute')}
        />
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting}>
            {words('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
