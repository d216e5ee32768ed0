// What a filter can be set to: what the calls of the period name, the most frequent first.

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { $api } from '@/api/client';
import { useMay } from '@/session/me';
import { daysOf } from './filters';
import type { FilterName, ReportSearch } from './names';

interface Option {
  value: string;
  label: string;
}

type Known = Exclude<FilterName, 'direction' | 'outcome'>;

/** More connections than a workspace has. */
const ALL = 200;

export function useOptions(search: ReportSearch): Record<Known, Option[]> {
  const mayConnections = useMay('connections.read');
  const { data: connections } = useQuery({
    ...$api.queryOptions('get', '/api/v1/connections', { params: { query: { limit: ALL } } }),
    enabled: mayConnections,
  });
  const { data } = useQuery({
    ...$api.queryOptions('get', '/api/v1/reports/options', { params: { query: daysOf(search) } }),
    placeholderData: keepPreviousData,
  });
  const named = (options: { id: string; name?: string | null }[] | undefined): Option[] =>
    (options ?? []).map(({ id, name }) => ({ value: id, label: name == null || name === id ? id : `${name} (${id})` }));
  return {
    connection: (connections?.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
    agent: named(data?.agents),
    queue: named(data?.queues),
    ring_group: named(data?.ring_groups),
    trunk: named(data?.trunks),
    did: named(data?.dids),
  };
}
