// One report: its filters, and its body, which each kind draws in its own way.

import '../reports.css';
import { Anchor, Stack, Text } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Suspense } from 'react';
import { Page } from '@/ui/Page';
import { BODIES } from '../bodies';
import { Actions } from '../components/Actions';
import { FilterBar } from '../components/FilterBar';
import { Waiting } from '../components/States';
import { dayName, daysOf, toQuery } from '../filters';
import { isKind, type Kind, WITHOUT } from '../kinds';
import { useKindTexts } from '../kindsText';
import type { ReportSearch } from '../names';
import { SearchProvider } from '../search';
import { useReportTexts } from '../text';

const route = getRouteApi('/workspace/reports/$kind');

export function ReportPage() {
  const { kind } = route.useParams();
  // The route's loader has sent every other word away.
  return isKind(kind) ? <Report kind={kind} /> : null;
}

function Report({ kind }: { kind: Kind }) {
  const t = useReportTexts();
  const name = useKindTexts();
  const search = route.useSearch();
  const navigate = useNavigate();
  const without = WITHOUT[kind] ?? [];
  const { from, to } = daysOf(search);
  const Body = BODIES[kind];
  const narrow = (change: ReportSearch): void => {
    void navigate({ to: '/reports/$kind', params: { kind }, search: { ...search, ...change }, replace: true });
  };
  const { by: _by, show: _show, ...kept } = search;
  return (
    <Page
      title={name(kind)}
      about={name(`${kind}About`)}
      above={
        <Anchor
          size="sm"
          className="no-print"
          renderRoot={(props) => <Link {...props} to="/reports" search={kept} />}
          style={{ display: 'inline-flex', alignItems: 'center', gap: 4 }}
        >
          <IconArrowLeft size={14} aria-hidden />
          {t('all')}
        </Anchor>
      }
      actions={<Actions kind={kind} search={search} query={toQuery(search, without)} />}
    >
      <SearchProvider value={search}>
        <Stack gap="md">
          <FilterBar search={search} without={without} onChange={narrow} />
          <Text size="sm" className="only-print">
            {dayName(from)} – {dayName(to)}
          </Text>
          <Suspense fallback={<Waiting />}>
            <Body search={search} onChange={narrow} />
          </Suspense>
        </Stack>
      </SearchProvider>
    </Page>
  );
}
