// Everything about a contact taken out as a file, or forgotten for good.

import { Anchor, Button, Group, Loader, Menu, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDownload, IconEraser, IconFileZip, IconShieldLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { bytes } from '@/lib/format';
import { Confirm } from '@/ui/confirm';
import { toastDone, toastFailed } from '@/ui/toast';
import { titleOf } from '../names';
import { type ContactDetail, eraseContact, exportContact, exportsQuery } from '../queries';
import { useContactTexts } from '../text';

/** How often an archive that is being made is asked about, ms. */
const LOOK = 1_500;

export function PrivacyMenu({ contact, onErased }: { contact: ContactDetail; onErased: () => void }) {
  const t = useContactTexts();
  const [isExporting, exporting] = useDisclosure(false);
  const [isErasing, erasing] = useDisclosure(false);
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" leftSection={<IconShieldLock size={16} aria-hidden />}>
            {t('privacy')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFileZip size={16} />} onClick={exporting.open}>
            {t('exportAll')}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconEraser size={16} />} onClick={erasing.open}>
            {t('erase')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ExportDialog contact={contact} isOpen={isExporting} onClose={exporting.close} />
      <Confirm
        title={t('eraseTitle', { name: titleOf(contact) })}
        deed={t('erase')}
        phrase={contact.natural_key}
        isOpen={isErasing}
        onClose={erasing.close}
        onConfirm={async () => {
          await eraseContact(contact.id, contact.natural_key);
          toastDone(t('erasing'));
          onErased();
        }}
      >
        <Stack gap="xs">
          <Text size="sm">{t('eraseText')}</Text>
          {contact.numbers.length > 1 && <Text size="sm">{t('eraseParts', { count: contact.numbers.length })}</Text>}
          <Text size="sm">{t('erasePhrase', { number: contact.natural_key })}</Text>
        </Stack>
      </Confirm>
    </>
  );
}

interface ExportDialogProps {
  contact: ContactDetail;
  isOpen: boolean;
  onClose: () => void;
}

function ExportDialog({ contact, isOpen, onClose }: ExportDialogProps) {
  const t = useContactTexts();
  const common = useCommon();
  const [isBusy, setBusy] = useState(false);
  const { data } = useQuery({
    ...exportsQuery,
    enabled: isOpen,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.data.some((each) => each.state === 'making') ? LOOK : false),
  });
  const last = data?.data.find(({ subject }) => subject === contact.id);
  const start = async (): Promise<void> => {
    setBusy(true);
    try {
      await exportContact(contact.id);
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
      title={t('exportTitle')}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Stack>
        <Text size="sm">{t('exportText')}</Text>
        {last?.state === 'making' && (
          <Group gap="sm" wrap="nowrap" role="status">
            <Loader size="xs" aria-hidden />
            <Text size="sm">{t('exportMaking')}</Text>
          </Group>
        )}
        {last?.state === 'failed' && (
          <Text size="sm" c="red" role="alert">
            {t('exportFailed', { reason: last.failure ?? '' })}
          </Text>
        )}
        {last?.state === 'ready' && (
          <Group justify="space-between" role="status">
            <Text size="sm">{t('exportReady', { size: bytes(last.bytes ?? 0) })}</Text>
            <Anchor href={`/api/v1/exports/${last.id}/file`} download size="sm">
              <IconDownload size={14} aria-hidden /> {t('download')}
            </Anchor>
          </Group>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('close')}
          </Button>
          <Button loading={isBusy || last?.state === 'making'} onClick={start}>
            {t('exportStart')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
