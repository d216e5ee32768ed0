// What the event log is narrowed by. Every choice is in the address, so that it can be sent to a colleague.

import { Button, Group, Select, Switch, Tooltip } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconFilter, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCommon } from '@/i18n/common';
import { DatesFilter } from '@/ui/DatesFilter';
import { SearchInput } from '@/ui/SearchInput';
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
  const words = useCommon();
  const { data: connections } = useQuery(connectionsQuery);
  const isPhone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const [isOpen, { toggle }] = useDisclosure(false);
  return (
    <Group gap="xs" align="center">
      <SearchInput
        value={search.record_id ?? search.external_id ?? ''}
        label={t('idHint')}
        width={isPhone ? '100%' : 250}
        onSearch={(typed) => onChange(idFilter(typed))}
      />
      {isPhone && (
        <Button variant="default" leftSection={<IconFilter size={16} />} onClick={toggle} aria-expanded={isOpen}>
          {words('filter')}
        </Button>
      )}
      {(!isPhone || isOpen) && (
        <>
          <SearchInput
            value={search.event_type ?? ''}
            label={t('typeHint')}
            width={190}
            onSearch={(typed) => onChange({ event_type: typed === '' ? undefined : typed })}
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
        </>
      )}
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
