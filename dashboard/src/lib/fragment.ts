// Secrets that come in an address stand behind its `#`, which browsers send to nobody. They leave the address as soon as
// they are read, so that they stay neither in the history nor on a screen that is shared.

import { useEffect, useState } from 'react';

/** A value behind `#`, read once; the address loses everything behind its `#`. */
export function useFragment(name: string): string | undefined {
  const [value] = useState(() => new URLSearchParams(location.hash.slice(1)).get(name) ?? undefined);
  useEffect(() => {
    if (location.hash !== '') {
      history.replaceState(history.state, '', location.pathname + location.search);
    }
  }, []);
  return value;
}
