import { useNavigate, useRouter } from '@tanstack/react-router';
import { ownPath } from '@/lib/paths';
import { sessionBegan } from '@/session/me';

/** What follows a sign-in: who it is, is read, and they come to where they were going. */
export function useArrival(): (returnTo?: string) => Promise<void> {
  const navigate = useNavigate();
  const router = useRouter();
  return async (returnTo) => {
    await sessionBegan();
    const path = ownPath(returnTo);
    if (path === undefined) {
      await navigate({ to: '/' });
    } else {
      router.history.push(path);
    }
  };
}
