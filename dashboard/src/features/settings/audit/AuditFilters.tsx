import { Button, Group, Select, TextInput } from '@mantine/core';
import type { Filters } from './queries';
import { useAuditTexts } from './text';
import { ACTIONS, actionWords } from './words';

interface AuditFiltersProps {
  filters: Filters;
  onChange: (filters: Filters) => void;
}

const ACTORS = ['user', 'app', 'operator', 'system'] as const;

export function AuditFilters({ filters, onChange }: AuditFiltersProps) {
  const t = useAuditTexts();
  const set = (change: Filters): void => onChange({ ...filters, ...change });
  const isKind = ACTORS.some((kind) => kind === filters.actor);
  const actors = ACTORS.map((value) => ({ value: value as string, label: t(value) }));
  return (
    <Group gap="xs" align="flex-end">
      <Select
        label={t('who')}
        placeholder={t('anyActor')}
        w={{ base: 'calc(50% - 5px)', sm: 170 }}
        clearable
        // One person or app, by a link from elsewhere.
        data={filters.actor !== undefined && !isKind ? [...actors, filters.actor] : actors}
        value={filters.actor ?? null}
        onChange={(actor) => set({ actor: actor ?? undefined })}
      />
      <Select
        label={t('what')}
        placeholder={t('anyAction')}
        w={{ base: 'calc(50% - 5px)', sm: 240 }}
        searchable
        clearable
        nothingFoundMessage={t('nothing')}
        data={ACTIONS.map((value) => ({ value: value as string, label: actionWords(value) }))}
        value={filters.action ?? null}
        onChange={(action) => set({ action: action ?? undefined })}
      />
      <TextInput
        type="date"
        label={t('from')}
        w={{ base: 'calc(50% - 5px)', sm: 150 }}
        max={filters.to}
        value={filters.from ?? ''}
        onChange={(event) => set({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        label={t('to')}
        w={{ base: 'calc(50% - 5px)', sm: 150 }}
        min={filters.from}
        value={filters.to ?? ''}
        onChange={(event) => set({ to: event.currentTarget.value || undefined })}
      />
      {Object.values(filters).some((value) => value !== undefined) && (
        <Button variant="subtle" onClick={() => onChange({})}>
          {t('clear')}
        </Button>
      )}
    </Group>
  );
}
