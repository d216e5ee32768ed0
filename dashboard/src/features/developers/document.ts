// The server's description of its API. It changes with the server, not while somebody reads.

import { queryOptions } from '@tanstack/react-query';
import { fetchDescription } from '@/api/client';
import type { Document } from './openapi';

export const documentQuery = queryOptions({
  queryKey: ['openapi'],
  queryFn: async (): Promise<Document> => (await fetchDescription()) as Document,
  staleTime: Number.POSITIVE_INFINITY,
});
