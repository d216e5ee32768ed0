// A field that looks for something while it is typed into: it waits until the fingers rest, and follows its value when
// that changes elsewhere (the address, the back button).

import { ActionIcon, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useCommon } from '@/i18n/common';

/** How long somebody may think between two letters, ms. */
const PAUSE = 250;

interface SearchInputProps {
  value: string;
  label: string;
  onSearch: (text: string) => void;
  width?: number | string;
  autoFocus?: boolean;
}

export function SearchInput({ value, label, onSearch, width = 280, autoFocus = false }: SearchInputProps) {
  const t = useCommon();
  const [typed, setTyped] = useState(value);
  const say = useDebouncedCallback(onSearch, PAUSE);
  useEffect(() => setTyped(value), [value]);
  const type = (text: string): void => {
    setTyped(text);
    say(text.trim());
  };
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      maxLength={100}
      w={width}
      maw="100%"
      value={typed}
      data-autofocus={autoFocus || undefined}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed !== '' && (
          <ActionIcon size="sm" aria-label={t('clear')} onClick={() => type('')}>
            <IconX size={14} />
          </ActionIcon>
        )
      }
      onChange={({ currentTarget }) => type(currentTarget.value)}
    />
  );
}
