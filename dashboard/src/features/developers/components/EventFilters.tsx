// What the event log is narrowed by. Every choice is in the address, so that it can be sent to a colleague.

import { Button, Group, Select, Switch, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { DatesFilter } from '@/ui/DatesFilter';
import { useEventTexts } from '../eventsText';
import { type EventSearch, idFilter, isNarrowed, STATUSES } from '../filters';
import { connectionsQuery } from '../queries';

interface EventFiltersProps {
  search: EventSearch;
  onChange: (change: EventSearch) => void;
  onClear: () => void;
}

export function EventFilters({ search, onChange, onClear }: EventFiltersProps) {
  const t = useEventTexts();
  const { data: connections } = useQuery(connectionsQuery);
  return (
    <Group gap="xs" align="center">
      <Typed
        value={search.record_id ?? search.external_id ?? ''}
        label={t('idField')}
        hint={t('idHint')}
        icon={<IconSearch size={16} />}
        width={240}
        onChange={(typed) => onChange(idFilter(typed))}
      />
      <Typed
        value={search.event_type ?? ''}
        label={t('type')}
        hint={t('typeHint')}
        width={140}
        onChange={(typed) => onChange({ event_type: typed.trim() === '' ? undefined : typed.trim() })}
      />
      <Select
        aria-label={t('status')}
        placeholder={t('status')}
        data={STATUSES.map((value) => ({ value, label: t(value) }))}
        value={search.status ?? null}
        onChange={(status) => onChange({ status: status ?? undefined })}
        clearable
        w={132}
      />
      <Select
        aria-label={t('connection')}
        placeholder={t('connection')}
        data={connections?.data.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        value={search.connection_id ?? null}
        onChange={(id) => onChange({ connection_id: id ?? undefined })}
        searchable
        clearable
        w={160}
      />
      <DatesFilter from={search.from} to={search.to} onChange={onChange} />
      {isNarrowed(search) && (
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconX size={14} />} onClick={onClear}>
          {t('clear')}
        </Button>
      )}
      <Tooltip label={t('liveHint')}>
        <Switch
          label={t('live')}
          ml="auto"
          checked={search.live === 'yes'}
          onChange={({ currentTarget }) => onChange({ live: currentTarget.checked ? 'yes' : undefined })}
        />
      </Tooltip>
    </Group>
  );
}

interface TypedProps {
  value: string;
  label: string;
  hint: string;
  icon?: ReactNode;
  width: number;
  onChange: (value: string) => void;
}

/** How long somebody may think between two letters, ms. */
const PAUSE = 400;

function Typed({ value, label, hint, icon, width, onChange }: TypedProps) {
  const [typed, setTyped] = useState(value);
  const say = useDebouncedCallback(onChange, PAUSE);
  // The address changed by itself: the back button, a link from another page.
  useEffect(() => setTyped(value), [value]);
  return (
    <TextInput
      aria-label={label}
      placeholder={hint}
      value={typed}
      leftSection={icon}
      w={width}
      spellCheck={false}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        say(currentTarget.value);
      }}
    />
  );
}
