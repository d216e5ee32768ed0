// Changes as they are committed, the newest on top. It begins with the last ones that there are, and can be held still.

import { Badge, Box, Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconActivity, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { api } from '@/api/client';
import type { Rows } from '@/api/pages';
import { clockWithSeconds, fullTime } from '@/lib/format';
import { feed } from '@/realtime/feed';
import { CodeBlock } from '@/ui/code/CodeBlock';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { type Column, RowList } from '@/ui/RowList';
import { RecordLink } from '../components/RecordLink';
import { type eventText, useEventTexts } from '../eventsText';
import type { Change } from '../queries';
import { heard, type Tail } from '../tail';

/** Changes from before that the page begins with. */
const BEFORE = 100;

export function TailPage() {
  const t = useEventTexts();
  const [tail, setTail] = useState<Tail>({ shown: [], held: [], isPaused: false });
  const [kind, setKind] = useState<string | null>(null);

  useEffect(() => {
    let isHere = true;
    const end = feed.onChange((change) => setTail((before) => heard(before, [change])));
    void lastChanges().then((changes) => isHere && setTail((before) => heard(before, changes)));
    return () => {
      isHere = false;
      end();
    };
  }, []);

  const shown = useMemo(
    () => (kind === null ? tail.shown : tail.shown.filter((change) => change.kind === kind)),
    [tail.shown, kind],
  );
  const columns = useMemo(() => columnsOf(t), [t]);
  const toggle = (): void =>
    setTail((before) =>
      before.isPaused ? heard({ ...before, held: [], isPaused: false }, before.held) : { ...before, isPaused: true },
    );

  return (
    <Page
      title={t('tailTitle')}
      about={t('tailAbout')}
      isFull
      actions={
        <Button
          variant="default"
          leftSection={tail.isPaused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
          onClick={toggle}
        >
          {tail.isPaused ? t('goOn') : t('pause')}
        </Button>
      }
    >
      <Stack h="100%" gap="sm">
        <Group gap="sm">
          <Select
            aria-label={t('record')}
            placeholder={t('anyKind')}
            data={KINDS.map((value) => ({ value, label: t(value) }))}
            value={kind}
            onChange={setKind}
            clearable
            w={180}
          />
          {tail.isPaused && (
            <Text size="sm" c="dimmed" role="status">
              {t('tailPaused', { count: tail.held.length })}
            </Text>
          )}
        </Group>
        <div style={{ flex: 1, minHeight: 240 }}>
          <RowList
            label={t('tailTitle')}
            rows={asRows(shown)}
            columns={columns}
            rowKey={({ seq }) => String(seq)}
            rowHeight={38}
            compact={(change) => <CompactChange change={change} />}
            empty={
              <EmptyState icon={IconActivity} title={t('tailWaiting')}>
                {t('tailWaitingText')}
              </EmptyState>
            }
          />
        </div>
        <Box visibleFrom="sm">
          <Text size="xs" c="dimmed" mb={4}>
            {t('tailCurl')}
          </Text>
          <CodeBlock
            label={t('tailCurl')}
            code={`curl -N -H 'x-app-api-key: raw_…' ${location.origin}/api/v1/changes/stream`}
          />
        </Box>
      </Stack>
    </Page>
  );
}

const KINDS = ['call', 'message', 'voicemail', 'contact', 'recording', 'transcript', 'outgoing_message'] as const;

/** The last changes before the page was opened. */
async function lastChanges(): Promise<Change[]> {
  const { data: now } = await api.GET('/api/v1/changes');
  const after = Math.max(0, (now?.complete_up_to ?? 0) - BEFORE);
  const { data } = await api.GET('/api/v1/changes', { params: { query: { after, limit: BEFORE } } });
  return data?.data ?? [];
}

function asRows(changes: Change[]): Rows<Change> {
  const nothing = (): void => undefined;
  return {
    rows: changes,
    isPending: false,
    error: undefined,
    hasMore: false,
    isLoadingMore: false,
    loadMore: nothing,
    hasNews: false,
    showNews: nothing,
    retry: nothing,
  };
}

function columnsOf(t: typeof eventText): Column<Change>[] {
  return [
    { key: 'seq', header: t('number'), width: '84px', cell: ({ seq }) => `#${seq}` },
    { key: 'what', header: t('what'), width: '190px', cell: (change) => <What change={change} /> },
    {
      key: 'record',
      header: t('record'),
      width: 'minmax(0, 1.7fr)',
      cell: ({ kind, id }) => <RecordLink kind={kind} id={id} />,
    },
    {
      key: 'fields',
      header: t('fields'),
      width: 'minmax(0, 1.6fr)',
      from: 'md',
      cell: (change) => (
        <Text size="xs" c="dimmed" ff="monospace" truncate title={change.fields.join(', ')}>
          {moved(change)}
        </Text>
      ),
    },
    { key: 'when', header: t('when'), width: '100px', align: 'right', cell: (change) => <Committed change={change} /> },
  ];
}

function What({ change }: { change: Change }) {
  const t = useEventTexts();
  const colour = change.verb === 'created' ? 'teal' : change.verb === 'deleted' ? 'red' : 'gray';
  return (
    <Badge color={colour}>
      {t(change.kind)} {t(change.verb)}
    </Badge>
  );
}

function moved({ from_state: from, to_state: to, fields }: Change): string {
  const states = from != null && to != null && from !== to ? `${from} → ${to}` : (to ?? '');
  return [states, fields.join(', ')].filter((part) => part !== '').join('  ');
}

function Committed({ change }: { change: Change }) {
  return (
    <time dateTime={change.committed_at} title={fullTime(change.committed_at)}>
      {clockWithSeconds(change.committed_at)}
    </time>
  );
}

function CompactChange({ change }: { change: Change }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <What change={change} />
        <Text size="xs" c="dimmed">
          #{change.seq} · <Committed change={change} />
        </Text>
      </Group>
      <RecordLink kind={change.kind} id={change.id} />
    </Stack>
  );
}
