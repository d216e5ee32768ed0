// The feed as React sees it.

import { useEffect, useSyncExternalStore } from 'react';
import { feed, type LiveState } from './feed';
import { followChanges } from './stale';

/** Listens while the component is there. */
export function useFeed(): void {
  useEffect(() => {
    const end = followChanges();
    feed.start();
    return () => {
      feed.stop();
      end();
    };
  }, []);
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(feed.subscribe, () => feed.state);
}
