import { $api } from '@/api/client';

export const secondFactorQuery = $api.queryOptions('get', '/api/v1/me/second-factor');
export const sessionsQuery = $api.queryOptions('get', '/api/v1/me/sessions');
