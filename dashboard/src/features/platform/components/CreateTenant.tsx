import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { api } from '@/api/client';
import { invalidate } from '@/api/query';
import { useCommon } from '@/i18n/common';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { TimeZoneSelect } from '@/ui/TimeZoneSelect';
import { toastDone } from '@/ui/toast';
import { usePlatformTexts } from '../text';
import { usePlans } from './usePlans';

export function CreateTenant() {
  const t = usePlatformTexts();
  const words = useCommon();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
        {t('create')}
      </Button>
      <Modal opened={isOpen} onClose={close} title={t('create')} closeButtonProps={{ 'aria-label': words('close') }}>
        <Form onDone={close} />
      </Modal>
    </>
  );
}

function Form({ onDone }: { onDone: () => void }) {
  const t = usePlatformTexts();
  const words = useCommon();
  const navigate = useNavigate();
  const plans = usePlans();
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const form = useForm({ initialValues: { name: '', owner: '', plan: 'starter', time_zone: timeZone } });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit(({ owner, ...rest }) =>
    attempt(async () => {
      const { data } = await api.POST('/api/v1/admin/tenants', {
        body: { ...rest, owner: owner === '' ? undefined : { email: owner } },
      });
      toastDone(t('created', { name: rest.name }));
      await invalidate('/api/v1/admin/tenants', '/api/v1/admin/overview');
      onDone();
      if (data !== undefined) {
        await navigate({ to: '/platform/tenants/$id', params: { id: data.id } });
      }
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label={t('name')} required maxLength={120} data-autofocus {...form.getInputProps('name')} />
        <TextInput label={t('owner')} description={t('ownerAbout')} type="email" {...form.getInputProps('owner')} />
        <Select label={t('plan')} data={plans} allowDeselect={false} {...form.getInputProps('plan')} />
        <TimeZoneSelect label={t('timeZone')} {...form.getInputProps('time_zone')} />
        <FormFailure>{failure}</FormFailure>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {words('cancel')}
          </Button>
          <Button type="submit" loading={form.submitting}>
            {words('create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
