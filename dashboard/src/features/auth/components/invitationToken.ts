// The token of an invitation outlives the way through the sign-in page, and nothing longer: it is in the memory of this tab.

import { useEffect } from 'react';
import { useFragment } from '@/lib/fragment';

const KEPT_AS = 'switchboard-invitation';

export function useInvitationToken(): string | undefined {
  const given = useFragment('token');
  useEffect(() => {
    if (given !== undefined) {
      sessionStorage.setItem(KEPT_AS, given);
    }
  }, [given]);
  return given ?? sessionStorage.getItem(KEPT_AS) ?? undefined;
}

export function forgetInvitation(): void {
  sessionStorage.removeItem(KEPT_AS);
}
