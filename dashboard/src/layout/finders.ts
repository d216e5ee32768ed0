// What the command palette finds besides pages. A feature adds its own hook to the list; each returns groups of actions
// with `keywords: 'found'`, because the server did the matching.

import type { SpotlightActionGroupData } from '@mantine/spotlight';
import { useRecordFinder } from '@/features/search/finder';

/** Groups of records for what was typed; none for an empty text. */
export function useFinders(asked: string): SpotlightActionGroupData[] {
  return useRecordFinder(asked);
}
