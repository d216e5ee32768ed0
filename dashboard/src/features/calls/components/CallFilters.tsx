// What the list is narrowed by. Every choice is in the address, so that it can be sent to a colleague.

import { Button, Chip, Group, Select } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconFilter, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { DatesFilter } from '@/ui/DatesFilter';
import { SearchInput } from '@/ui/SearchInput';
import { DIRECTIONS, type CallFilters as Filters, isExact, isFiltered, OUTCOMES, plainNumber } from '../filters';
import { type Call, tagsQuery } from '../queries';
import { useCallTexts } from '../text';
import { BroughtFilters } from './BroughtFilters';

interface CallFiltersProps {
  filters: Filters;
  /** Rows that are shown: whose agents can be chosen. */
  calls: Call[];
  onChange: (change: Filters) => void;
  onClear: () => void;
}

export function CallFilters({ filters, calls, onChange, onClear }: CallFiltersProps) {
  const t = useCallTexts();
  const { data: tags } = useQuery(tagsQuery);
  const tagNames = useMemo(() => {
    const names = new Set(tags?.data.map(({ tag }) => tag));
    return [...(filters.tag === undefined ? names : names.add(filters.tag))];
  }, [tags, filters.tag]);
  const choose = (name: keyof Filters) => (value: string | null) => onChange({ [name]: value ?? undefined });

  const isPhone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const [isOpen, { toggle }] = useDisclosure(false);

  return (
    <Group gap="xs" align="center">
      <SearchInput
        value={filters.q ?? ''}
        label={t('searchHint')}
        width={isPhone ? 210 : 280}
        onSearch={(q) => onChange({ q })}
      />
      {isPhone && (
        <Button variant="default" leftSection={<IconFilter size={16} />} onClick={toggle} aria-expanded={isOpen}>
          {t('moreFilters')}
        </Button>
      )}
      {(!isPhone || isOpen) && (
        <>
          <Select
            aria-label={t('outcome')}
            placeholder={t('outcome')}
            data={OUTCOMES.map((value) => ({ value, label: t(value) }))}
            value={filters.outcome ?? null}
            onChange={choose('outcome')}
            clearable
            w={150}
          />
          <Select
            aria-label={t('direction')}
            placeholder={t('direction')}
            data={DIRECTIONS.map((value) => ({ value, label: t(value) }))}
            value={filters.direction ?? null}
            onChange={choose('direction')}
            clearable
            w={125}
          />
          <Select
            aria-label={t('state')}
            placeholder={t('state')}
            data={(['open', 'resolved'] as const).map((value) => ({ value, label: t(value) }))}
            value={filters.state ?? null}
            onChange={choose('state')}
            clearable
            w={125}
          />
          <AgentFilter value={filters.agent_id} calls={calls} onChange={choose('agent_id')} />
          <Select
            aria-label={t('tag')}
            placeholder={t('tag')}
            data={tagNames}
            value={filters.tag ?? null}
            onChange={choose('tag')}
            searchable
            clearable
            w={130}
          />
          <SearchInput
            value={filters.number ?? ''}
            label={t('number')}
            width={150}
            onSearch={(number) => onChange({ number: plainNumber(number) })}
          />
          {!isExact(filters.from) && <DatesFilter from={filters.from} to={filters.to} onChange={onChange} />}
          <Chip
            checked={filters.voicemail === 'yes'}
            onChange={(isOn) => onChange({ voicemail: isOn ? 'yes' : undefined })}
            size="sm"
          >
            {t('onlyVoicemail')}
          </Chip>
          <Chip
            checked={filters.recorded === 'yes'}
            onChange={(isOn) => onChange({ recorded: isOn ? 'yes' : undefined })}
            size="sm"
          >
            {t('onlyRecorded')}
          </Chip>
        </>
      )}
      <BroughtFilters filters={filters} onChange={onChange} />
      {isFiltered(filters) && (
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconX size={14} />} onClick={onClear}>
          {t('clearFilters')}
        </Button>
      )}
    </Group>
  );
}

/** Agents are the provider's users, and known here by the calls that they took. */
function AgentFilter({
  value,
  calls,
  onChange,
}: {
  value: string | undefined;
  calls: Call[];
  onChange: (value: string | null) => void;
}) {
  const t = useCallTexts();
  const [known, setKnown] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    const fresh = calls.filter(({ agent_id }) => agent_id != null && !known.has(agent_id));
    if (fresh.length > 0) {
      const names = fresh.map(
        (call) => [call.agent_id as string, call.agent_name ?? (call.agent_id as string)] as const,
      );
      setKnown(new Map([...known, ...names]));
    }
  }, [calls, known]);
  const data = [...known].map(([id, label]) => ({ value: id, label })).sort((a, b) => a.label.localeCompare(b.label));
  if (value !== undefined && !known.has(value)) {
    data.push({ value, label: value });
  }
  return (
    <Select
      aria-label={t('agent')}
      placeholder={t('agent')}
      data={data}
      value={value ?? null}
      onChange={onChange}
      searchable
      clearable
      w={150}
    />
  );
}
