// Filters that a report brought along: a queue, a trunk, an hour. Each is said in words and can be taken off.

import { useQuery } from '@tanstack/react-query';
import { $api } from '@/api/client';
import { defineTexts } from '@/i18n';
import { fullTime, phone, shortTime } from '@/lib/format';
import { useMay } from '@/session/me';
import { FilterPill } from '@/ui/FilterPill';
import { BROUGHT, type CallFilters as Filters, isExact } from '../filters';

const { useTexts: useBroughtTexts } = defineTexts('call-filters', {
  en: {
    time: 'Time',
    queue: 'Queue',
    ring_group: 'Ring group',
    ivr: 'Menu',
    trunk: 'Trunk',
    did: 'Number called',
    country: 'Country',
    connection: 'Connection',
    transferred: 'Passed on',
    internal: 'Between colleagues',
    yes: 'yes',
    no: 'no',
    remove: 'Without {{filter}}',
  },
  es: {
    time: 'Tiempo',
    queue: 'Cola',
    ring_group: 'Grupo',
    ivr: 'Menú',
    trunk: 'Troncal',
    did: 'Número llamado',
    country: 'País',
    connection: 'Conexión',
    transferred: 'Pasada',
    internal: 'Entre compañeros',
    yes: 'sí',
    no: 'no',
    remove: 'Sin {{filter}}',
  },
});

interface BroughtFiltersProps {
  filters: Filters;
  onChange: (change: Filters) => void;
}

export function BroughtFilters({ filters, onChange }: BroughtFiltersProps) {
  const t = useBroughtTexts();
  const { from, to } = filters;
  const times = [from, to].filter(isExact);
  const shown = useValues(filters);
  return (
    <>
      {times.length > 0 && (
        <FilterPill
          label={times.map((time) => shortTime(time)).join(' – ')}
          title={times.map(fullTime).join(' – ')}
          remove={t('remove', { filter: t('time') })}
          onRemove={() => onChange({ from: undefined, to: undefined })}
        />
      )}
      {BROUGHT.filter((name) => filters[name] !== undefined).map((name) => (
        <FilterPill
          key={name}
          label={`${t(name)}: ${shown(name)}`}
          remove={t('remove', { filter: t(name) })}
          onRemove={() => onChange({ [name]: undefined })}
        />
      ))}
    </>
  );
}

/** More connections than a workspace has. */
const ALL = 200;

/** What a filter is set to, in words. */
function useValues(filters: Filters): (name: (typeof BROUGHT)[number]) => string {
  const t = useBroughtTexts();
  const mayConnections = useMay('connections.read');
  const { data } = useQuery({
    ...$api.queryOptions('get', '/api/v1/connections', { params: { query: { limit: ALL } } }),
    enabled: filters.connection !== undefined && mayConnections,
  });
  return (name) => {
    const value = filters[name] ?? '';
    switch (name) {
      case 'did':
        return phone(value);
      case 'transferred':
      case 'internal':
        return t(value === 'no' ? 'no' : 'yes');
      case 'connection':
        return data?.data.find(({ id }) => id === value)?.name ?? value;
      default:
        return value;
    }
  };
}
