// The palette's way to the reports. Their names are loaded with the first letter typed, not with every page.

import type { SpotlightActionGroupData } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useMay } from '@/session/me';

type Find = typeof import('./finder').findReports;

export function useReportFinder(asked: string, group: string): SpotlightActionGroupData[] {
  const navigate = useNavigate();
  const mayRead = useMay('records.read');
  const [find, setFind] = useState<Find>();
  const isAsked = asked !== '' && mayRead;
  useEffect(() => {
    if (isAsked) {
      void import('./finder').then(({ findReports }) => setFind(() => findReports));
    }
  }, [isAsked]);
  const actions = isAsked
    ? find?.(asked, (kind) => void navigate({ to: '/reports/$kind', params: { kind }, search: {} }))
    : undefined;
  return actions === undefined || actions.length === 0 ? [] : [{ group, actions }];
}
