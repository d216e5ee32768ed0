// What each agent did for a queue or a ring group.

import type { ReactNode } from 'react';
import { count } from '@/lib/format';
import { useBodyTexts } from '../bodyText';
import type { Col } from '../columns';
import { callsOf } from '../drill';
import type { ReportMemberRow } from '../queries';
import { Bar } from './Bar';
import { TablePanel } from './TablePanel';

interface MembersProps {
  title: string;
  rows: ReportMemberRow[];
  none: string;
  actions?: ReactNode;
}

export function Members({ title, rows, none, actions }: MembersProps) {
  const t = useBodyTexts();
  const most = Math.max(1, ...rows.map(({ answered }) => answered));
  const columns: Col<ReportMemberRow>[] = [
    { key: 'person', title: t('person'), of: ({ name, agent_id }) => name ?? agent_id },
    {
      key: 'answered',
      title: t('answered'),
      kind: 'count',
      of: ({ answered }) => answered,
      show: ({ answered }) => <Bar share={answered / most}>{count(answered)}</Bar>,
    },
    { key: 'rings', title: t('ringNoAnswer'), kind: 'count', of: ({ unanswered_rings }) => unanswered_rings },
    { key: 'talk', title: t('talk'), kind: 'seconds', of: ({ talk_seconds }) => talk_seconds },
    {
      key: 'average',
      title: t('talkAverage'),
      kind: 'seconds',
      of: ({ average_talk_seconds }) => average_talk_seconds,
    },
  ];
  return (
    <TablePanel
      title={title}
      how={['ringNoAnswer', 'talk']}
      rows={rows}
      columns={columns}
      rowKey={({ agent_id }) => agent_id}
      calls={({ query }) => callsOf(query)}
      none={none}
      actions={actions}
    />
  );
}
