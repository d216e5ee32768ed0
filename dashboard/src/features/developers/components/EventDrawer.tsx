// One event beside the list: what was sent, what it says, what was tried and what came of it.

import { Button, Center, Drawer, Group, Loader, Tabs, Text } from '@mantine/core';
import { IconPlayerTrackPrev } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { useMay } from '@/session/me';
import { CopyIcon } from '@/ui/Copy';
import { Failure } from '@/ui/Failure';
import { toastDone, toastFailed } from '@/ui/toast';
import { useEventTexts } from '../eventsText';
import { type EventDetail, eventQuery, replayEvent } from '../queries';
import { BodyTab, ChangesTab, FactsTab, HeadersTab } from './EventContents';
import { EventStatus } from './EventStatus';
import { EventSummary } from './EventSummary';

const TABS = ['summary', 'body', 'headers', 'facts', 'changes'] as const;
type Tab = (typeof TABS)[number];

interface EventDrawerProps {
  id: string | undefined;
  tab: string | undefined;
  onTab: (tab: string) => void;
  onClose: () => void;
}

export function EventDrawer({ id, tab, onTab, onClose }: EventDrawerProps) {
  const t = useEventTexts();
  const words = useCommon();
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="xl"
      title={t('detailTitle')}
      closeButtonProps={{ 'aria-label': words('close') }}
    >
      {id !== undefined && <Contents key={id} id={id} tab={tab} onTab={onTab} />}
    </Drawer>
  );
}

function Contents({ id, tab, onTab }: { id: string; tab: string | undefined; onTab: (tab: string) => void }) {
  const t = useEventTexts();
  const words = useCommon();
  const { data: event, error, refetch } = useQuery(eventQuery(id));
  if (event === undefined) {
    return error ? (
      <Failure error={error} onRetry={() => void refetch()} />
    ) : (
      <Center mih={240}>
        <Loader size="sm" aria-label={words('loading')} />
      </Center>
    );
  }
  const current: Tab = TABS.find((each) => each === tab) ?? 'summary';
  return (
    <>
      <Head event={event} />
      <Tabs value={current} onChange={(value) => onTab(value ?? 'summary')} mt="md" keepMounted={false}>
        <Tabs.List mb="md" style={{ flexWrap: 'nowrap', overflowX: 'auto' }}>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(each)}
              {each === 'changes' && event.changes != null && ` ${event.changes.length}`}
              {each === 'facts' && event.facts != null && ` ${event.facts.length}`}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="summary">
          <EventSummary event={event} />
        </Tabs.Panel>
        <Tabs.Panel value="body">
          <BodyTab event={event} />
        </Tabs.Panel>
        <Tabs.Panel value="headers">
          <HeadersTab event={event} />
        </Tabs.Panel>
        <Tabs.Panel value="facts">
          <FactsTab event={event} />
        </Tabs.Panel>
        <Tabs.Panel value="changes">
          <ChangesTab event={event} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Head({ event }: { event: EventDetail }) {
  const t = useEventTexts();
  const mayReplay = useMay('events.replay');
  const [isBusy, setBusy] = useState(false);
  const replay = async (): Promise<void> => {
    setBusy(true);
    try {
      await replayEvent(event.id);
      toastDone(t('replayed'));
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <div style={{ minWidth: 0, flex: '1 1 240px' }}>
        <Group gap="xs">
          <Text ff="monospace" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {event.event_type}
          </Text>
          <EventStatus status={event.status} />
        </Group>
        <Group gap={2} wrap="nowrap">
          <Text size="xs" c="dimmed" ff="monospace" truncate title={event.id}>
            {event.id}
          </Text>
          <CopyIcon value={event.id} />
        </Group>
      </div>
      {mayReplay && (
        <Button
          variant="default"
          loading={isBusy}
          leftSection={<IconPlayerTrackPrev size={16} />}
          onClick={() => void replay()}
        >
          {t('replay')}
        </Button>
      )}
    </Group>
  );
}
