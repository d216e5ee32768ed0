// All calls, newest first, with those that ring and talk above them.

import { Button, Stack } from '@mantine/core';
import { IconFilterOff, IconPhone } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { RowList } from '@/ui/RowList';
import { ExportButton } from '@/ui/views/ExportButton';
import { SavedViews } from '@/ui/views/SavedViews';
import { CallFilters } from '../components/CallFilters';
import { CompactCall, columnsOf } from '../components/columns';
import { LiveStrip } from '../components/LiveStrip';
import { type CallFilters as Filters, isFiltered, toQuery } from '../filters';
import { useCalls } from '../queries';
import { useCallTexts } from '../text';

const route = getRouteApi('/workspace/calls');

export function CallsPage() {
  const t = useCallTexts();
  const filters = route.useSearch();
  const navigate = useNavigate();
  const calls = useCalls(filters);
  const narrow = (change: Filters): void => {
    void navigate({ to: '/calls', search: { ...filters, ...change }, replace: true });
  };
  const apply = (search: Filters): void => void navigate({ to: '/calls', search });
  const clear = (): void => apply({});

  return (
    <Page
      title={t('title')}
      isFull
      actions={
        <>
          <SavedViews noun="calls" filters={filters} onApply={apply} />
          <ExportButton noun="calls" query={toQuery(filters)} />
        </>
      }
    >
      <Stack h="100%" gap="sm">
        <LiveStrip />
        <CallFilters filters={filters} calls={calls.rows} onChange={narrow} onClear={clear} />
        <div style={{ flex: 1, minHeight: 280 }}>
          <RowList
            label={t('title')}
            rows={calls}
            columns={columnsOf(t)}
            rowKey={(call) => call.id}
            onOpen={(call) => void navigate({ to: '/calls/$id', params: { id: call.id } })}
            compact={(call) => <CompactCall call={call} />}
            empty={isFiltered(filters) ? <NoMatch onClear={clear} /> : <NoCalls />}
          />
        </div>
      </Stack>
    </Page>
  );
}

function NoMatch({ onClear }: { onClear: () => void }) {
  const t = useCallTexts();
  return (
    <EmptyState
      icon={IconFilterOff}
      title={t('noMatchTitle')}
      action={
        <Button variant="light" onClick={onClear}>
          {t('clearFilters')}
        </Button>
      }
    >
      {t('noMatchText')}
    </EmptyState>
  );
}

function NoCalls() {
  const t = useCallTexts();
  const mayConnect = useMay('connections.write');
  return (
    <EmptyState
      icon={IconPhone}
      title={t('noneTitle')}
      action={
        mayConnect && (
          <Button variant="light" renderRoot={(props) => <Link to="/connections" {...props} />}>
            {t('connect')}
          </Button>
        )
      }
    >
      {t('noneText')}
    </EmptyState>
  );
}
