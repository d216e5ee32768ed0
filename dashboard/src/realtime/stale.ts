// What a change makes stale. The list is keyed by the kind of record, so a new kind does not compile until somebody has
// said what it touches.

import { invalidateBelow, queryClient } from '@/api/query';
import type { Change } from '@/api/schema.gen';
import { feed } from './feed';

const TOUCHES: Record<Change['kind'], readonly string[]> = {
  analysis: ['/api/v1/calls'],
  insight: ['/api/v1/calls'],
  call: ['/api/v1/calls', '/api/v1/tags', '/api/v1/overview', '/api/v1/contacts', '/api/v1/connections/activity'],
  contact: ['/api/v1/contacts', '/api/v1/calls', '/api/v1/messages', '/api/v1/voicemails'],
  message: ['/api/v1/messages', '/api/v1/overview', '/api/v1/contacts', '/api/v1/connections/activity'],
  notification: ['/api/v1/notifications', '/api/v1/notification-rules'],
  outgoing_message: ['/api/v1/outgoing-messages', '/api/v1/messages'],
  recording: ['/api/v1/calls', '/api/v1/recordings'],
  transcript: ['/api/v1/calls'],
  voicemail: ['/api/v1/voicemails', '/api/v1/calls', '/api/v1/overview', '/api/v1/contacts'],
  tenant: ['/api/v1/workspace', '/api/v1/usage', '/api/v1/features', '/api/v1/me'],
};

/** Changes come in runs: a call that ends moves five records. One reading for a run, ms. */
const GATHERED = 120;
/** What counts a whole day is not counted again with each of its calls, ms. */
const SLOW = 2_500;
const COUNTED = new Set(['/api/v1/overview']);

/** Lets the feed make stale what was read. Returns what ends it. */
export function followChanges(): () => void {
  const soon = gatherer(GATHERED);
  const later = gatherer(SLOW);

  const endChanges = feed.onChange(({ kind, verb }) => {
    if (verb === 'reset') {
      void queryClient.invalidateQueries();
      return;
    }
    // A kind that a newer server sends is none of ours yet.
    for (const prefix of TOUCHES[kind] ?? []) {
      (COUNTED.has(prefix) ? later : soon).add(prefix);
    }
  });
  const endResets = feed.onReset(() => void queryClient.invalidateQueries());
  return () => {
    soon.stop();
    later.stop();
    endChanges();
    endResets();
  };
}

/** Makes stale what is added, all at once, some time after the first of it. */
function gatherer(time: number): { add: (prefix: string) => void; stop: () => void } {
  const stale = new Set<string>();
  let timer: number | undefined;
  const flush = (): void => {
    timer = undefined;
    const prefixes = [...stale];
    stale.clear();
    void invalidateBelow(...prefixes);
  };
  return {
    add: (prefix) => {
      stale.add(prefix);
      timer ??= window.setTimeout(flush, time);
    },
    stop: () => window.clearTimeout(timer),
  };
}
