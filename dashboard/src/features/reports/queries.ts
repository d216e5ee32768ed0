// What the reports read. Every number is the server's; nothing is counted here.

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { $api } from '@/api/client';
import type { paths } from '@/api/schema.gen';
import { toQuery } from './filters';
import { type Kind, WITHOUT } from './kinds';
import type { ReportSearch } from './names';

export type {
  AnomaliesReport,
  AnsweringReport,
  CallersReport,
  CompareReport,
  ConnectionDataHealth,
  CountriesReport,
  CountryRow,
  DataHealthReport,
  DurationsReport,
  ExtensionRow,
  ExtensionsReport,
  GroupRow,
  GroupsReport,
  HeatmapCell,
  HeatmapReport,
  MissedCaller,
  MissedReport,
  QueueRow,
  QueuesReport,
  ReportAnomaly,
  ReportAnsweringDay,
  ReportCallsQuery,
  ReportDistribution,
  ReportHistogram,
  ReportMemberRow,
  ReportNumberRow,
  ReportOutcomes,
  SpeechReport,
  TransferRow,
  TransfersReport,
  TrunkRow,
  TrunksReport,
  VolumeReport,
  VolumeRow,
} from '@/api/schema.gen';

/** The day goes on, and a report of today with it, ms. */
const AGAIN = 60_000;

type Path<K extends Kind> = `/api/v1/reports/${K}` & keyof paths;
type Answer<K extends Kind> = paths[Path<K>]['get']['responses'][200]['content']['application/json'];

/** A report, and while another one is read, the one before. */
export function useReport<K extends Kind>(kind: K, search: ReportSearch, more: Record<string, string> = {}) {
  const query = { ...toQuery(search, WITHOUT[kind]), ...more };
  // The paths differ in nothing but the kind; what they answer is said below.
  const options = $api.queryOptions('get', `/api/v1/reports/${kind}` as '/api/v1/reports/volume', {
    params: { query: query as never },
  });
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...options,
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN,
  });
  return { data: data as Answer<K> | undefined, error, isPlaceholderData, refetch };
}
