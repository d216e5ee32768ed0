// What the pages for developers read, and what they change.

import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { $api, api } from '@/api/client';
import { PAGE_SIZE, paging, type Rows, useRows } from '@/api/pages';
import { invalidate, invalidateBelow } from '@/api/query';
import type { ApiKey, App, Event, Job, RejectedDelivery } from '@/api/schema.gen';
import { type EventSearch, type JobSearch, jobState, toEventQuery, toReplayFilter } from './filters';
import { withNewest } from './live';

export type { ApiKey, App, Change, Event, EventDetail, Job, RecordRef } from '@/api/schema.gen';

export const eventQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/events/{id}', { params: { path: { id } } }, { staleTime: 5_000 });

export const connectionsQuery = $api.queryOptions('get', '/api/v1/connections', {
  params: { query: { limit: 200 } },
});

export interface EventRows extends Rows<Event> {
  /** A rare thing was looked for through much of the log and not found yet; looking on is up to the person. */
  isPaused: boolean;
  lookOn: () => void;
}

/** Pages without a row that are read one after another before somebody is asked; each looks at 20,000 events. */
const PATIENCE = 10;
/** How often a list that is watched looks at what came, ms. */
const LOOK_EVERY = 2_000;

/** The event log. While it is `live`, what comes in appears on top. */
export function useEvents(search: EventSearch): EventRows {
  const asked = toEventQuery(search);
  const init = { params: { query: { ...asked, limit: PAGE_SIZE } } };
  const { queryKey } = $api.queryOptions('get', '/api/v1/events', init);
  const query = $api.useInfiniteQuery('get', '/api/v1/events', init, paging);
  const rows = useRows<Event>(query, queryKey);
  const [patience, setPatience] = useState(PATIENCE);
  const pages = query.data?.pages ?? [];
  const idle = pages.length - 1 - pages.findLastIndex((page) => page.data.length > 0);
  const isPaused = rows.hasMore && idle >= patience;
  const watched = useNewest(search, rows);
  return {
    ...rows,
    rows: watched,
    hasMore: rows.hasMore && !isPaused,
    isPaused,
    lookOn: () => setPatience(idle + PATIENCE),
  };
}

/** What was read, with what came since; reads the list anew where more came than one look shows. */
function useNewest(search: EventSearch, rows: Rows<Event>): Event[] {
  const isLive = search.live === 'yes';
  const newest = useQuery({
    ...$api.queryOptions('get', '/api/v1/events', { params: { query: { ...toEventQuery(search), limit: 50 } } }),
    enabled: isLive,
    staleTime: 0,
    refetchInterval: LOOK_EVERY,
  });
  const found = isLive ? newest.data?.data : undefined;
  const merged = useMemo(
    () => (found === undefined ? { rows: rows.rows, hasGap: false } : withNewest(rows.rows, found)),
    [found, rows.rows],
  );
  const { hasGap } = merged;
  const { showNews } = rows;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each gap
  useEffect(() => {
    if (hasGap) {
      showNews();
    }
  }, [hasGap]);
  return merged.rows;
}

export async function replayEvent(id: string): Promise<Event> {
  const { data } = await api.POST('/api/v1/events/{id}/replay', { params: { path: { id } } });
  await invalidateBelow('/api/v1/events', '/api/v1/jobs');
  return data as Event;
}

/** Replays all that a search shows, as a job. The job's id; none when there was nothing. */
export async function replayAll(search: EventSearch): Promise<string | null | undefined> {
  const { data } = await api.POST('/api/v1/events/replay', {
    body: { filter: toReplayFilter(search), at_most: 100_000 },
  });
  await invalidateBelow('/api/v1/jobs');
  return data?.job_id;
}

export function useRejected() {
  const init = { params: { query: { limit: PAGE_SIZE } } };
  const key = $api.queryOptions('get', '/api/v1/rejected-deliveries', init).queryKey;
  const options = { ...paging, staleTime: 10_000 };
  return useRows<RejectedDelivery>($api.useInfiniteQuery('get', '/api/v1/rejected-deliveries', init, options), key);
}

export const jobQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/jobs/{id}', { params: { path: { id } } }, { staleTime: 2_000 });

/** Jobs move without changes of records, so they are asked for from time to time, ms. */
const JOBS_EVERY = 5_000;

export const jobCountsQuery = $api.queryOptions('get', '/api/v1/jobs/summary', {}, { refetchInterval: JOBS_EVERY });

/** Whoever has scrolled further keeps what they look at. */
function firstPage({ state }: { state: { data?: { pages: unknown[] } } }): number | false {
  return (state.data?.pages.length ?? 0) <= 1 ? JOBS_EVERY : false;
}

export function useJobs(search: JobSearch) {
  const state = jobState(search);
  const query = { state: state === 'all' ? undefined : state, kind: search.kind, limit: PAGE_SIZE };
  const init = { params: { query } };
  const key = $api.queryOptions('get', '/api/v1/jobs', init).queryKey;
  const options = { ...paging, staleTime: JOBS_EVERY, refetchInterval: firstPage };
  return useRows<Job>($api.useInfiniteQuery('get', '/api/v1/jobs', init, options), key);
}

const jobsMoved = (): Promise<void> => invalidateBelow('/api/v1/jobs', '/api/v1/events');

export async function requeueJob(id: string): Promise<void> {
  await api.POST('/api/v1/jobs/{id}/requeue', { params: { path: { id } } });
  await jobsMoved();
}

export async function discardJob(id: string): Promise<void> {
  await api.POST('/api/v1/jobs/{id}/discard', { params: { path: { id } } });
  await jobsMoved();
}

/** Requeues all that are dead, of one kind or of all; how many. */
export async function requeueAll(kind: string | undefined): Promise<number> {
  let requeued = 0;
  let hasMore = true;
  while (hasMore) {
    const { data } = await api.POST('/api/v1/jobs/requeue', { body: { kind: kind ?? null } });
    requeued += data?.requeued ?? 0;
    hasMore = data?.has_more === true && (data.requeued ?? 0) > 0;
  }
  await jobsMoved();
  return requeued;
}

export function useApps() {
  const init = { params: { query: { limit: PAGE_SIZE } } };
  const key = $api.queryOptions('get', '/api/v1/apps', init).queryKey;
  return useRows<App>($api.useInfiniteQuery('get', '/api/v1/apps', init, { ...paging, staleTime: 60_000 }), key);
}

export const appQuery = (id: string) => $api.queryOptions('get', '/api/v1/apps/{id}', { params: { path: { id } } });

export const keysQuery = (id: string) =>
  $api.queryOptions('get', '/api/v1/apps/{id}/keys', { params: { path: { id }, query: { limit: 200 } } });

export interface KeyWish {
  name?: string;
  scopes?: ApiKey['scopes'];
  expires_at?: string;
  requests_per_minute?: number;
}

const keysMoved = (): Promise<void> => invalidate('/api/v1/apps/{id}/keys', '/api/v1/apps/{id}', '/api/v1/apps');

/** Makes an app with its first key; both are known in full only now. */
export async function createApp(name: string, key: KeyWish) {
  const { data } = await api.POST('/api/v1/apps', { body: { name, key } });
  await keysMoved();
  return data;
}

export async function createKey(appId: string, key: KeyWish): Promise<string> {
  const body = { key, keep_others: true };
  const { data } = await api.POST('/api/v1/apps/{id}/keys', { params: { path: { id: appId } }, body });
  await keysMoved();
  return data?.api_key ?? '';
}

export async function rotateKey(appId: string, keyId: string, graceSeconds: number): Promise<string> {
  const params = { path: { id: appId, key_id: keyId } };
  const body = { grace_seconds: graceSeconds };
  const { data } = await api.POST('/api/v1/apps/{id}/keys/{key_id}/rotate', { params, body });
  await keysMoved();
  return data?.api_key ?? '';
}

export async function updateKey(appId: string, keyId: string, name: string, limit: number | null): Promise<void> {
  const params = { path: { id: appId, key_id: keyId } };
  await api.PUT('/api/v1/apps/{id}/keys/{key_id}', {
    params,
    body: { name: name === '' ? null : name, requests_per_minute: limit },
  });
  await keysMoved();
}

export async function revokeKey(appId: string, keyId: string): Promise<void> {
  await api.DELETE('/api/v1/apps/{id}/keys/{key_id}', { params: { path: { id: appId, key_id: keyId } } });
  await keysMoved();
}
