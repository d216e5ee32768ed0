import { $api } from '@/api/client';

export const featuresQuery = $api.queryOptions('get', '/api/v1/features');
