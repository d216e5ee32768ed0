import { useState } from 'react';
import { toastDone, toastFailed } from '@/ui/toast';

/** Runs one deed at a time and says which is under way. */
export function useDeeds() {
  const [busy, setBusy] = useState<string>();
  const run = async (name: string, deed: () => Promise<unknown>, words: string): Promise<void> => {
    setBusy(name);
    try {
      await deed();
      toastDone(words);
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(undefined);
    }
  };
  return { busy, run };
}
