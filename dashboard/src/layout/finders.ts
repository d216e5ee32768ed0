// What the command palette finds besides pages. A feature adds its own hook to the list; each returns groups of actions
// with `keywords: 'found'`, because the server did the matching.

import type { SpotlightActionGroupData } from '@mantine/spotlight';
import { useReportFinder } from '@/features/reports/useReportFinder';
import { useRecordFinder } from '@/features/search/finder';
import { useFrame } from './text';

/** Groups of records and reports for what was typed; none for an empty text. */
export function useFinders(asked: string): SpotlightActionGroupData[] {
  const t = useFrame();
  return [...useRecordFinder(asked), ...useReportFinder(asked, t('reports'))];
}
