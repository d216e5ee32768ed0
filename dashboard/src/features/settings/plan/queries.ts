import { $api } from '@/api/client';

export const usageQuery = $api.queryOptions('get', '/api/v1/usage');
export const plansQuery = $api.queryOptions('get', '/api/v1/plans');
