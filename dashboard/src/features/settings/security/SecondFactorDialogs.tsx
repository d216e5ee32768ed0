// What is asked and shown on the way to a second factor and away from it.

import {
  Box,
  Button,
  Code,
  CopyButton,
  Group,
  Modal,
  PasswordInput,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '@/api/client';
import { useCommon } from '@/i18n/common';
import { saveText } from '@/lib/save';
import { CopyField } from '@/ui/Copy';
import { Failure } from '@/ui/Failure';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { Labelled } from '@/ui/Labelled';
import { toastDone } from '@/ui/toast';
import { useSecurityTexts } from './text';

interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  onDone: (codes: string[]) => void;
}

export function Enrol({ isOpen, onClose, onDone }: DialogProps) {
  const t = useSecurityTexts();
  return (
    <Dialog title={t('second')} isOpen={isOpen} onClose={onClose}>
      <EnrolForm onDone={onDone} />
    </Dialog>
  );
}

function EnrolForm({ onDone }: { onDone: (codes: string[]) => void }) {
  const t = useSecurityTexts();
  // Asked once for as long as the dialog is open: each asking makes the secret of before worthless.
  const { data, error, refetch } = useQuery({
    queryKey: ['second-factor-enrolment'],
    queryFn: async () => (await api.POST('/api/v1/me/second-factor')).data ?? null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const form = useForm({ initialValues: { code: '' } });
  const { failure, attempt } = useFormFailure(form);
  if (error !== null) {
    return <Failure error={error} onRetry={() => void refetch()} />;
  }
  const submit = form.onSubmit((body) =>
    attempt(async () => {
      const { data: made } = await api.POST('/api/v1/me/second-factor/confirm', { body });
      onDone(made?.recovery_codes ?? []);
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{t('scan')}</Text>
        <Box mx="auto" p="xs" bg="white" style={{ borderRadius: 'var(--mantine-radius-md)' }} w={220} h={220}>
          {data != null && (
            <img
              src={`data:image/svg+xml;utf8,${encodeURIComponent(data.picture)}`}
              alt={t('picture')}
              width="100%"
              height="100%"
            />
          )}
        </Box>
        <Labelled label={t('secret')}>
          <CopyField value={data?.secret ?? ''} label={t('secret')} />
        </Labelled>
        <TextInput
          label={t('typeCode')}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          required
          data-autofocus
          {...form.getInputProps('code')}
        />
        <FormFailure>{failure}</FormFailure>
        <Button type="submit" loading={form.submitting} disabled={data == null}>
          {t('switchOn')}
        </Button>
      </Stack>
    </form>
  );
}

export function RenewCodes({ isOpen, onClose, onDone }: DialogProps) {
  const t = useSecurityTexts();
  const form = useForm({ initialValues: { code: '' } });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit((body) =>
    attempt(async () => {
      const { data } = await api.POST('/api/v1/me/second-factor/recovery-codes', { body });
      form.reset();
      onDone(data?.recovery_codes ?? []);
    }),
  );
  return (
    <Dialog title={t('newCodes')} isOpen={isOpen} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t('newCodesAbout')}</Text>
          <TextInput
            label={t('anyCode')}
            autoComplete="one-time-code"
            required
            data-autofocus
            {...form.getInputProps('code')}
          />
          <FormFailure>{failure}</FormFailure>
          <Button type="submit" loading={form.submitting}>
            {t('newCodes')}
          </Button>
        </Stack>
      </form>
    </Dialog>
  );
}

export function SwitchOff({ isOpen, onClose, onDone }: Omit<DialogProps, 'onDone'> & { onDone: () => void }) {
  const t = useSecurityTexts();
  const form = useForm({ initialValues: { password: '', code: '' } });
  const { failure, attempt } = useFormFailure(form);
  const submit = form.onSubmit((body) =>
    attempt(async () => {
      await api.POST('/api/v1/me/second-factor/disable', { body });
      form.reset();
      toastDone(t('nowOff'));
      onDone();
    }),
  );
  return (
    <Dialog title={t('switchOff')} isOpen={isOpen} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <PasswordInput
            label={t('yourPassword')}
            autoComplete="current-password"
            required
            data-autofocus
            {...form.getInputProps('password')}
          />
          <TextInput label={t('anyCode')} autoComplete="one-time-code" required {...form.getInputProps('code')} />
          <FormFailure>{failure}</FormFailure>
          <Button type="submit" color="red" loading={form.submitting}>
            {t('switchOff')}
          </Button>
        </Stack>
      </form>
    </Dialog>
  );
}

/** The codes, this once. It closes by its button alone, so that nobody loses them by a click beside it. */
export function CodesDialog({ codes, onClose }: { codes: string[] | undefined; onClose: () => void }) {
  const t = useSecurityTexts();
  const words = useCommon();
  const text = `${(codes ?? []).join('\n')}\n`;
  return (
    <Modal
      opened={codes !== undefined}
      onClose={onClose}
      title={t('codesTitle')}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack>
        <Text size="sm">{t('codesAbout')}</Text>
        <SimpleGrid cols={2} spacing="xs">
          {codes?.map((code) => (
            <Code key={code} fz="sm" ta="center" py={6}>
              {code}
            </Code>
          ))}
        </SimpleGrid>
        <Group>
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? words('copied') : t('copyCodes')}
              </Button>
            )}
          </CopyButton>
          <Button variant="default" onClick={() => saveText('switchboard-recovery-codes.txt', text)}>
            {t('download')}
          </Button>
        </Group>
        <Button onClick={onClose}>{t('kept')}</Button>
      </Stack>
    </Modal>
  );
}

function Dialog(props: { title: string; isOpen: boolean; onClose: () => void; children: ReactNode }) {
  const words = useCommon();
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ 'aria-label': words('close') }}
    >
      {props.children}
    </Modal>
  );
}
