// Which contacts are the same person as this one.

import { Button, Center, Checkbox, Group, Loader, Modal, ScrollArea, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { phone } from '@/lib/format';
import { PersonAvatar } from '@/ui/PersonAvatar';
import { SearchInput } from '@/ui/SearchInput';
import { toastDone, toastFailed } from '@/ui/toast';
import { titleOf } from '../names';
import { type Contact, findQuery, mergeContacts } from '../queries';
import { useContactTexts } from '../text';

interface MergeDialogProps {
  contact: Contact;
  isOpen: boolean;
  onClose: () => void;
}

export function MergeDialog({ contact, isOpen, onClose }: MergeDialogProps) {
  const t = useContactTexts();
  const common = useCommon();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t('mergeTitle')}
      size="lg"
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Choice contact={contact} onClose={onClose} />
    </Modal>
  );
}

function Choice({ contact, onClose }: Omit<MergeDialogProps, 'isOpen'>) {
  const t = useContactTexts();
  const common = useCommon();
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const { data, isPending } = useQuery({ ...findQuery(search), placeholderData: keepPreviousData });
  const offered = (data?.data ?? []).filter(({ id }) => id !== contact.id);

  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) {
      next.add(id);
    }
    setChosen(next);
  };
  const merge = async (): Promise<void> => {
    setBusy(true);
    try {
      await mergeContacts(contact.id, [...chosen]);
      toastDone(t('merged', { name: titleOf(contact) }));
      onClose();
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Stack>
      <Text size="sm">{t('mergeText', { name: titleOf(contact) })}</Text>
      <SearchInput value={search} label={t('mergeFind')} onSearch={setSearch} width="100%" autoFocus />
      <ScrollArea h={300} type="auto" offsetScrollbars>
        {isPending ? (
          <Center h={280}>
            <Loader size="sm" aria-label={common('loading')} />
          </Center>
        ) : offered.length === 0 ? (
          <Center h={280}>
            <Text size="sm" c="dimmed">
              {t('mergeNone')}
            </Text>
          </Center>
        ) : (
          <Stack gap={4}>
            {offered.map((other) => (
              <Offered
                key={other.id}
                contact={other}
                isChosen={chosen.has(other.id)}
                onToggle={() => toggle(other.id)}
              />
            ))}
          </Stack>
        )}
      </ScrollArea>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" aria-live="polite">
          {chosen.size > 0 && t('mergeChosen', { count: chosen.size })}
        </Text>
        <Group gap="xs">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button disabled={chosen.size === 0} loading={isBusy} onClick={merge}>
            {t('mergeDeed', { count: Math.max(1, chosen.size) })}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

function Offered({ contact, isChosen, onToggle }: { contact: Contact; isChosen: boolean; onToggle: () => void }) {
  const name = titleOf(contact);
  const numbers = contact.numbers.map(phone).join(', ');
  return (
    <Checkbox.Card checked={isChosen} onClick={onToggle} p="xs" radius="md" aria-label={`${name} ${numbers}`}>
      <Group wrap="nowrap" gap="sm">
        <Checkbox.Indicator />
        <PersonAvatar name={contact.name} size={30} />
        <Stack gap={0} miw={0}>
          <Text size="sm" fw={550} truncate title={name}>
            {name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {[contact.company, numbers, contact.emails[0]].filter(Boolean).join(' · ')}
          </Text>
        </Stack>
      </Group>
    </Checkbox.Card>
  );
}
