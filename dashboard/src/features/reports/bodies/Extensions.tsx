// What each person or extension takes, makes and misses.

import { Text } from '@mantine/core';
import { count } from '@/lib/format';
import type { BodyProps } from '../body';
import { useBodyTexts } from '../bodyText';
import type { Col } from '../columns';
import { Bar, Parts } from '../components/Bar';
import { Show } from '../components/States';
import { TablePanel } from '../components/TablePanel';
import { callsOf } from '../drill';
import { type ExtensionRow, type ExtensionsReport, useReport } from '../queries';
import { useReportTexts } from '../text';

export function Extensions({ search }: BodyProps) {
  const report = useReport('extensions', search);
  return (
    <Show report={report} isEmpty={({ rows, unassigned_calls }) => rows.length === 0 && unassigned_calls === 0}>
      {(extensions) => <People extensions={extensions} />}
    </Show>
  );
}

function People({ extensions: { rows, left_out, unassigned_calls } }: { extensions: ExtensionsReport }) {
  const t = useBodyTexts();
  const word = useReportTexts();
  return (
    <>
      <TablePanel
        title={t('people')}
        about={unassigned_calls > 0 ? t('unassigned', { count: unassigned_calls }) : undefined}
        how={['extension', 'talk']}
        rows={rows}
        columns={useColumns(rows)}
        rowKey={({ agent_id }) => agent_id}
        calls={({ query }) => callsOf(query)}
        none={word('nobody')}
        most={25}
      />
      {left_out > 0 && (
        <Text size="sm" c="dimmed">
          {t('leftOut', { count: left_out })}
        </Text>
      )}
    </>
  );
}

const COLORS = {
  inbound: 'var(--chart-main)',
  outbound: 'var(--chart-second)',
  internal: 'var(--chart-before)',
} as const;

function useColumns(rows: ExtensionRow[]): Col<ExtensionRow>[] {
  const t = useBodyTexts();
  const most = Math.max(1, ...rows.map(({ calls }) => calls));
  return [
    { key: 'person', title: t('person'), of: ({ name, agent_id }) => name ?? agent_id },
    {
      key: 'calls',
      title: t('calls'),
      kind: 'count',
      of: ({ calls }) => calls,
      show: ({ calls }) => <Bar share={calls / most}>{count(calls)}</Bar>,
    },
    {
      key: 'split',
      title: t('split3'),
      of: ({ inbound, outbound, internal }) => [inbound, outbound, internal].map(count).join(' / '),
      show: (row) => (
        <>
          <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            {[row.inbound, row.outbound, row.internal].map(count).join(' / ')}
          </Text>
          <Parts
            parts={(['inbound', 'outbound', 'internal'] as const).map((key) => ({
              key,
              value: row[key],
              color: COLORS[key],
              label: t(key),
            }))}
          />
        </>
      ),
      from: 'sm',
    },
    { key: 'taken', title: t('taken'), kind: 'count', of: ({ inbound_answered }) => inbound_answered },
    { key: 'missed', title: t('missedOf'), kind: 'count', of: ({ inbound_missed }) => inbound_missed },
    { key: 'connected', title: t('connected'), kind: 'count', of: ({ outbound_answered }) => outbound_answered },
    { key: 'transferred', title: t('transferred'), kind: 'count', of: ({ transferred }) => transferred },
    { key: 'talk', title: t('talk'), kind: 'seconds', of: ({ talk_seconds }) => talk_seconds },
    {
      key: 'talkAverage',
      title: t('talkAverage'),
      kind: 'seconds',
      of: ({ average_talk_seconds }) => average_talk_seconds,
    },
    { key: 'ring', title: t('ring'), kind: 'seconds', of: ({ average_ring_seconds }) => average_ring_seconds },
  ];
}
