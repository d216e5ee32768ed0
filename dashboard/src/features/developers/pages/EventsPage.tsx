// The log of what providers sent, newest first; one event opens beside it.

import { Button, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFilterOff, IconListDetails, IconPlayerTrackPrev, IconSearch, IconShieldX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { Confirm } from '@/ui/confirm';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { RowList } from '@/ui/RowList';
import { toastDone } from '@/ui/toast';
import { EventDrawer } from '../components/EventDrawer';
import { EventFilters } from '../components/EventFilters';
import { CompactEvent, eventColumns } from '../components/eventColumns';
import { useEventTexts } from '../eventsText';
import { type EventSearch, isNarrowed, widened } from '../filters';
import { connectionsQuery, type EventRows, replayAll, useEvents } from '../queries';

const route = getRouteApi('/workspace/developers/events');

export function EventsPage() {
  const t = useEventTexts();
  const search = route.useSearch();
  const navigate = useNavigate();
  const events = useEvents(search);
  const { data: connections } = useQuery(connectionsQuery);
  const names = new Map(connections?.data.map(({ id, name }) => [id, name]));
  const go = (change: EventSearch, replace = true): void => {
    void navigate({ to: '/developers/events', search: { ...search, ...change }, replace });
  };
  const clear = (): void => void navigate({ to: '/developers/events', search: widened(search) });
  // What leads to an event keeps the list as it is.
  const shown = { t, search: { ...search, tab: undefined }, connectionName: (id: string) => names.get(id) };

  return (
    <Page title={t('title')} about={t('about')} isFull actions={<Actions search={search} />}>
      <Stack h="100%" gap="sm">
        <EventFilters search={search} onChange={go} onClear={clear} />
        <div style={{ flex: 1, minHeight: 280 }}>
          <RowList
            label={t('title')}
            rows={events}
            columns={eventColumns(shown)}
            rowKey={(event) => event.id}
            rowHeight={40}
            onOpen={(event) => go({ open: event.id }, false)}
            currentKey={search.open}
            compact={(event) => <CompactEvent event={event} search={shown.search} />}
            empty={<Nothing search={search} events={events} onClear={clear} />}
          />
        </div>
      </Stack>
      <EventDrawer
        id={search.open}
        tab={search.tab}
        onTab={(tab) => go({ tab })}
        onClose={() => go({ open: undefined, tab: undefined })}
      />
    </Page>
  );
}

function Actions({ search }: { search: EventSearch }) {
  const t = useEventTexts();
  const navigate = useNavigate();
  const mayReplay = useMay('events.replay');
  const [isAsking, { open, close }] = useDisclosure(false);
  const replay = async (): Promise<void> => {
    const job = await replayAll(search);
    if (job == null) {
      toastDone(t('replayNothing'));
      return;
    }
    toastDone(t('replayStarted'));
    await navigate({ to: '/developers/jobs', search: { state: 'all', kind: 'replay_events', open: job } });
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconShieldX size={16} />}
        renderRoot={(props) => <Link to="/developers/rejected" {...props} />}
      >
        {t('rejected')}
      </Button>
      {mayReplay && isNarrowed(search) && search.status !== 'pending' && (
        <Button variant="default" leftSection={<IconPlayerTrackPrev size={16} />} onClick={open}>
          {t('replayAll')}
        </Button>
      )}
      <Confirm title={t('replayAllTitle')} deed={t('replay')} isOpen={isAsking} onClose={close} onConfirm={replay}>
        {t('replayAllText')}
      </Confirm>
    </>
  );
}

function Nothing({ search, events, onClear }: { search: EventSearch; events: EventRows; onClear: () => void }) {
  const t = useEventTexts();
  if (!isNarrowed(search)) {
    return (
      <EmptyState icon={IconListDetails} title={t('noneTitle')}>
        {t('noneText')}
      </EmptyState>
    );
  }
  if (events.isPaused) {
    return (
      <EmptyState
        icon={IconSearch}
        title={t('pausedTitle')}
        action={
          <Button variant="light" onClick={events.lookOn}>
            {t('lookOn')}
          </Button>
        }
      >
        {t('pausedText')}
      </EmptyState>
    );
  }
  if (events.hasMore || events.isLoadingMore) {
    return (
      <EmptyState icon={IconSearch} title={t('lookingTitle')}>
        {t('lookingText')}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconFilterOff}
      title={t('noMatchTitle')}
      action={
        <Button variant="light" onClick={onClear}>
          {t('clear')}
        </Button>
      }
    >
      {t('noMatchText')}
    </EmptyState>
  );
}
