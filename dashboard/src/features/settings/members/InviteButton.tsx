import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconUserPlus } from '@tabler/icons-react';
import { api } from '@/api/client';
import { invalidate } from '@/api/query';
import { useCommon } from '@/i18n/common';
import type { Role } from '@/session/me';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { toastDone } from '@/ui/toast';
import { RoleSelect } from './RoleSelect';
import { useMemberTexts } from './text';

export function InviteButton() {
  const t = useMemberTexts();
  const words = useCommon();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={open}>
        {t('invite')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('inviteTitle')}
        closeButtonProps={{ 'aria-label': words('close') }}
      >
        <InviteForm onDone={close} />
      </Modal>
    </>
  );
}

function InviteForm({ onDone }: { onDone: () => void }) {
  const t = useMemberTexts();
  const words = useCommon();
  const form = useForm<{ email: string; role: Role }>({ initialValues: { email: '', role: 'agent' } });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit((body) =>
    attempt(async () => {
      await api.POST('/api/v1/invitations', { body });
      toastDone(t('invited', { email: body.email }));
      await invalidate('/api/v1/invitations');
      onDone();
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t('email')}
          description={t('inviteAbout')}
          type="email"
          required
          data-autofocus
          {...form.getInputProps('email')}
        />
        <RoleSelect label={t('role')} value={form.values.role} onChange={(role) => form.setFieldValue('role', role)} />
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {words('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting}>
            {t('send')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
