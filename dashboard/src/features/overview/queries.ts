// What the overview reads. Its numbers are the server's; nothing is counted here.

import { $api } from '@/api/client';

export type {
  ConnectionHealth,
  OverviewDay,
  OverviewWaiting,
  RecentActivity,
  WorkspaceOverview as Overview,
} from '@/api/schema.gen';

/** The day goes on also when nothing happens: hours pass, and a connection falls silent without a word. */
const PASSES = 60_000;

export const overviewQuery = $api.queryOptions('get', '/api/v1/overview', {}, { refetchInterval: PASSES });

/** Live calls that are named; how many there are is said beside them. */
const LIVE = 8;

export const liveQuery = $api.queryOptions('get', '/api/v1/calls', {
  params: { query: { status: 'ringing,active', limit: LIVE } },
});
