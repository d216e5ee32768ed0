import { $api, api } from '@/api/client';
import { queryClient } from '@/api/query';
import type { SetTranscription } from '@/api/schema.gen';

export type { SetTranscription, TranscriptionSettings } from '@/api/schema.gen';

export const transcriptionQuery = $api.queryOptions('get', '/api/v1/workspace/transcription');

export async function saveTranscription(body: SetTranscription): Promise<void> {
  const { data } = await api.PUT('/api/v1/workspace/transcription', { body });
  queryClient.setQueryData(transcriptionQuery.queryKey, data);
}
