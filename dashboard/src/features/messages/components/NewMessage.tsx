// To whom: a contact by name, or a number as it is typed.

import { Button, Group, Modal, NavLink, Stack, Text } from '@mantine/core';
import { IconPhonePlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { phone } from '@/lib/format';
import { PersonAvatar } from '@/ui/PersonAvatar';
import { SearchInput } from '@/ui/SearchInput';
import { plainNumber } from '../filters';
import { findContactsQuery } from '../queries';
import { useMessageTexts } from '../text';
import type { ThreadKey } from '../thread';

interface NewMessageProps {
  isOpen: boolean;
  onClose: () => void;
  onChosen: (thread: ThreadKey) => void;
}

export function NewMessage({ isOpen, onClose, onChosen }: NewMessageProps) {
  const t = useMessageTexts();
  const common = useCommon();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t('newMessage')}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Choice
        onClose={onClose}
        onChosen={(thread) => {
          onChosen(thread);
          onClose();
        }}
      />
    </Modal>
  );
}

const IS_NUMBER = /^[+\d\s().-]+$/;

function Choice({ onClose, onChosen }: Omit<NewMessageProps, 'isOpen'>) {
  const t = useMessageTexts();
  const common = useCommon();
  const [search, setSearch] = useState('');
  const { data } = useQuery(findContactsQuery(search));
  const number = IS_NUMBER.test(search) ? plainNumber(search) : '';
  const isNumber = number.length >= 3;
  const found = search === '' ? [] : (data?.data ?? []).filter((contact) => contact.numbers.length > 0);
  return (
    <Stack>
      <SearchInput value={search} label={t('toHint')} onSearch={setSearch} width="100%" autoFocus />
      <Stack gap={2} mih={180}>
        {isNumber && (
          <NavLink
            component="button"
            label={t('toNumber', { number: phone(number) })}
            leftSection={<IconPhonePlus size={20} aria-hidden />}
            onClick={() => onChosen({ number })}
          />
        )}
        {found.flatMap((contact) =>
          contact.numbers.map((each) => (
            <NavLink
              key={`${contact.id} ${each}`}
              component="button"
              label={contact.name ?? contact.company ?? phone(each)}
              description={<Text size="xs">{phone(each)}</Text>}
              leftSection={<PersonAvatar name={contact.name} size={30} />}
              onClick={() => onChosen({ contact: contact.id, number: each })}
            />
          )),
        )}
      </Stack>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {common('cancel')}
        </Button>
      </Group>
    </Stack>
  );
}
