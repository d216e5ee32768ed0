// Reports that go out by themselves, as the page reads and changes them.

import { $api, api } from '@/api/client';
import { invalidate, queryClient } from '@/api/query';
import type { CreateReportSchedule, PagedReportSchedule, ReportSchedule } from '@/api/schema.gen';

export type { CreateReportSchedule, ReportSchedule } from '@/api/schema.gen';

export const schedulesQuery = $api.queryOptions('get', '/api/v1/report-schedules');

const at = (id: string) => ({ params: { path: { id } } });
const stale = () => invalidate('/api/v1/report-schedules');

export async function saveSchedule(id: string | undefined, body: CreateReportSchedule): Promise<void> {
  if (id === undefined) {
    await api.POST('/api/v1/report-schedules', { body });
  } else {
    await api.PATCH('/api/v1/report-schedules/{id}', { ...at(id), body });
  }
  await stale();
}

/** The switch moves at once, and back if the server refuses. */
export async function turn(schedule: ReportSchedule, is_on: boolean): Promise<void> {
  const { queryKey } = schedulesQuery;
  const before = queryClient.getQueryData<PagedReportSchedule>(queryKey);
  queryClient.setQueryData(queryKey, (held: PagedReportSchedule | undefined) =>
    held === undefined
      ? held
      : { ...held, data: held.data.map((each) => (each.id === schedule.id ? { ...each, is_on } : each)) },
  );
  try {
    await api.PATCH('/api/v1/report-schedules/{id}', { ...at(schedule.id), body: { is_on } });
  } catch (error) {
    queryClient.setQueryData(queryKey, before);
    throw error;
  }
  await stale();
}

/** How many mails are on their way. */
export async function sendNow(id: string): Promise<number> {
  const { data } = await api.POST('/api/v1/report-schedules/{id}/send', at(id));
  return data?.mails ?? 0;
}

export async function removeSchedule(id: string): Promise<void> {
  await api.DELETE('/api/v1/report-schedules/{id}', at(id));
  await stale();
}
