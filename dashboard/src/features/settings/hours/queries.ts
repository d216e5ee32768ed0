import { $api, api } from '@/api/client';
import { queryClient } from '@/api/query';
import { type HoursForm, toBody } from './hours';

export const hoursQuery = $api.queryOptions('get', '/api/v1/workspace/hours');

export async function saveHours(form: HoursForm): Promise<void> {
  const { data } = await api.PUT('/api/v1/workspace/hours', { body: toBody(form) });
  queryClient.setQueryData(hoursQuery.queryKey, data);
}
