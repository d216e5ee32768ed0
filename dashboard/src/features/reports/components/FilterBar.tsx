// What reports are narrowed by. Every choice is in the address; the same filters go along from one report to the next.

import { Button, Group, Popover, Select, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFilter, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { DatesFilter } from '@/ui/DatesFilter';
import { FilterPill } from '@/ui/FilterPill';
import { DIRECTIONS, narrowsOf, RANGES, rangeOf } from '../filters';
import { type FilterName, NARROWS, type ReportSearch } from '../names';
import { useOptions } from '../options';
import { OUTCOMES, useOutcomeTexts } from '../outcomes';
import { useReportTexts } from '../text';

interface FilterBarProps {
  search: ReportSearch;
  without: readonly FilterName[];
  onChange: (change: ReportSearch) => void;
}

export function FilterBar({ search, without, onChange }: FilterBarProps) {
  const t = useReportTexts();
  const set = narrowsOf(search, without);
  const offered = NARROWS.filter((name) => !without.includes(name));
  const clear = (): void => onChange(Object.fromEntries(NARROWS.map((name) => [name, undefined])));
  return (
    <Group gap="xs" align="center" className="no-print">
      <Period search={search} onChange={onChange} />
      {offered.length > 0 && <More search={search} offered={offered} count={set.length} onChange={onChange} />}
      {set.map((name) => (
        <Chosen key={name} name={name} search={search} onRemove={() => onChange({ [name]: undefined })} />
      ))}
      {set.length > 1 && (
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconX size={14} />} onClick={clear}>
          {t('clear')}
        </Button>
      )}
    </Group>
  );
}

function Period({ search, onChange }: Pick<FilterBarProps, 'search' | 'onChange'>) {
  const t = useReportTexts();
  const [isCustom, setCustom] = useState(false);
  const range = isCustom ? 'custom' : rangeOf(search);
  const choose = (value: string | null): void => {
    setCustom(value === 'custom');
    if (value !== null && value !== 'custom') {
      onChange({ range: value, from: undefined, to: undefined });
    }
  };
  return (
    <>
      <Select
        aria-label={t('period')}
        data={RANGES.map((value) => ({ value, label: t(value) }))}
        value={range}
        onChange={choose}
        allowDeselect={false}
        w={160}
      />
      {range === 'custom' && (
        <DatesFilter
          from={search.from}
          to={search.to}
          onChange={({ from, to }) => onChange({ range: undefined, from, to })}
        />
      )}
    </>
  );
}

interface MoreProps {
  search: ReportSearch;
  offered: readonly FilterName[];
  count: number;
  onChange: (change: ReportSearch) => void;
}

function More({ search, offered, count, onChange }: MoreProps) {
  const t = useReportTexts();
  const [isOpen, open] = useDisclosure(false);
  return (
    <Popover opened={isOpen} onChange={open.toggle} position="bottom-start" shadow="md" width={300} trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconFilter size={16} aria-hidden />}
          onClick={open.toggle}
          aria-expanded={isOpen}
        >
          {t('filters')}
          {count > 0 && ` (${count})`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {offered.map((name) => (
            <One key={name} name={name} search={search} onChange={onChange} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function useChoices(name: FilterName, search: ReportSearch): { value: string; label: string }[] {
  const t = useReportTexts();
  const outcome = useOutcomeTexts();
  const options = useOptions(search);
  switch (name) {
    case 'direction':
      return DIRECTIONS.map((value) => ({ value, label: t(value) }));
    case 'outcome':
      return OUTCOMES.map((value) => ({ value, label: outcome(value) }));
    default:
      return options[name];
  }
}

function One({ name, search, onChange }: Pick<MoreProps, 'search' | 'onChange'> & { name: FilterName }) {
  const t = useReportTexts();
  const chosen = search[name];
  const known = useChoices(name, search);
  const data =
    chosen === undefined || known.some(({ value }) => value === chosen)
      ? known
      : [...known, { value: chosen, label: chosen }];
  return (
    <Select
      label={t(name)}
      placeholder={t('any')}
      data={data}
      value={chosen ?? null}
      onChange={(value) => onChange({ [name]: value ?? undefined })}
      nothingFoundMessage={t('noOptions')}
      // The first of them has the focus when they show, and a field to type in opens its list when it has.
      searchable={name !== 'direction' && name !== 'outcome'}
      clearable
      limit={100}
      // Inside of a popover that closes when somebody presses outside of it.
      comboboxProps={{ withinPortal: false }}
    />
  );
}

/** A filter that is set, in words, with its way out. */
function Chosen({ name, search, onRemove }: { name: FilterName; search: ReportSearch; onRemove: () => void }) {
  const t = useReportTexts();
  const known = useChoices(name, search);
  const value = search[name] ?? '';
  const label = known.find((each) => each.value === value)?.label ?? value;
  return <FilterPill label={`${t(name)}: ${label}`} remove={t('without', { filter: t(name) })} onRemove={onRemove} />;
}
