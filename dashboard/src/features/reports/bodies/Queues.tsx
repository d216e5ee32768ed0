// How queues do against their target, and what each agent takes of them.

import { Select } from '@mantine/core';
import { count, decimal, length, percent, shortTime } from '@/lib/format';
import { StatTile } from '@/ui/StatTile';
import type { BodyProps } from '../body';
import { useBodyTexts } from '../bodyText';
import type { Col } from '../columns';
import { Bar } from '../components/Bar';
import { Members } from '../components/Members';
import { Nothing, Show } from '../components/States';
import { TablePanel } from '../components/TablePanel';
import { Tiles } from '../components/Tiles';
import { callsOf } from '../drill';
import { useHowTexts } from '../howText';
import { type QueueRow, type QueuesReport, useReport } from '../queries';

export function Queues({ search, onChange }: BodyProps) {
  const t = useBodyTexts();
  const report = useReport('queues', search);
  return (
    <Show report={report} isEmpty={() => false}>
      {(queues) =>
        queues.rows.length === 0 ? (
          <Nothing about={t('noQueues')} />
        ) : (
          <>
            <Numbers queues={queues} />
            <Table queues={queues} />
            <Agents queues={queues} chosen={search.show} onChoose={(show) => onChange({ show })} />
          </>
        )
      }
    </Show>
  );
}

function Numbers({ queues: { all, service_level_seconds, short_abandon_seconds } }: { queues: QueuesReport }) {
  const t = useBodyTexts();
  const how = useHowTexts();
  const shorts = { count: all.short_abandoned, time: length(short_abandon_seconds) };
  return (
    <Tiles>
      <StatTile
        label={t('serviceLevel')}
        hint={how('serviceLevel')}
        value={all.service_level == null ? '–' : percent(all.service_level)}
        detail={t('inTime', { time: length(service_level_seconds) })}
      />
      <StatTile
        label={t('offered')}
        hint={how('calls')}
        value={count(all.offered)}
        detail={`${t('answered')}: ${count(all.answered)}`}
        to="/calls"
        search={callsOf(all.query)}
      />
      <StatTile
        label={t('asa')}
        hint={how('asa')}
        value={all.average_wait_seconds == null ? '–' : length(all.average_wait_seconds)}
        detail={
          all.answered_wait.p90_seconds == null ? undefined : `${t('p90')}: ${length(all.answered_wait.p90_seconds)}`
        }
      />
      <StatTile
        label={t('abandonRate')}
        hint={how('abandon')}
        value={all.abandon_rate == null ? '–' : percent(all.abandon_rate)}
        detail={all.short_abandoned > 0 ? t('shortAbandons', shorts) : undefined}
      />
    </Tiles>
  );
}

/** As most contact centres have it: eight of ten calls in time. */
const GOOD = 0.8;

function Table({ queues }: { queues: QueuesReport }) {
  const t = useBodyTexts();
  const columns: Col<QueueRow>[] = [
    { key: 'queue', title: t('queue'), of: ({ queue }) => (queue === '' ? t('allQueues') : queue) },
    { key: 'offered', title: t('offered'), kind: 'count', of: ({ offered }) => offered },
    {
      key: 'level',
      title: t('serviceLevel'),
      kind: 'share',
      of: ({ service_level }) => service_level,
      show: ({ service_level: level }) =>
        level == null ? (
          '–'
        ) : (
          <Bar share={level} color={level >= GOOD ? 'var(--outcome-answered)' : 'var(--outcome-abandoned)'}>
            {percent(level)}
          </Bar>
        ),
    },
    { key: 'answered', title: t('answered'), kind: 'count', of: ({ answered }) => answered },
    { key: 'asa', title: t('asa'), kind: 'seconds', of: ({ average_wait_seconds }) => average_wait_seconds },
    { key: 'abandoned', title: t('abandoned'), kind: 'count', of: ({ abandoned }) => abandoned },
    { key: 'abandonRate', title: `${t('abandoned')}, %`, kind: 'share', of: ({ abandon_rate }) => abandon_rate },
    { key: 'other', title: t('other'), kind: 'count', of: ({ other }) => other },
    { key: 'talk', title: t('talkAverage'), kind: 'seconds', of: ({ talk }) => talk.average_seconds },
    {
      key: 'busy',
      title: t('busyHour'),
      kind: 'moment',
      of: ({ busy_hour_at }) => busy_hour_at,
      show: ({ busy_hour_at: at, busy_hour_erlangs }) =>
        at == null ? '–' : `${shortTime(at)} (${decimal(busy_hour_erlangs)} Erl)`,
    },
    { key: 'needed', title: t('agentsNeeded'), kind: 'count', of: ({ agents_needed }) => agents_needed },
  ];
  return (
    <TablePanel
      title={t('queues')}
      how={['serviceLevel', 'asa', 'abandon', 'agentsNeeded']}
      rows={queues.rows}
      columns={columns}
      rowKey={({ queue }) => queue}
      calls={({ query }) => callsOf(query)}
      total={queues.rows.length > 1 ? queues.all : undefined}
      none={t('noQueues')}
    />
  );
}

interface AgentsProps {
  queues: QueuesReport;
  chosen: string | undefined;
  onChoose: (queue: string | undefined) => void;
}

function Agents({ queues: { all, rows }, chosen, onChoose }: AgentsProps) {
  const t = useBodyTexts();
  // Members are known by queue.
  const known = all.agents.length > 0 ? [all, ...rows] : rows;
  const queue = known.find((each) => each.queue === chosen) ?? known[0] ?? all;
  const name = queue.queue === '' ? t('allQueues') : queue.queue;
  return (
    <Members
      title={t('agentsOf', { queue: name })}
      rows={queue.agents}
      none={t('noAgents')}
      actions={
        rows.length > 1 && (
          <Select
            size="xs"
            w={180}
            aria-label={t('chooseQueue')}
            data={known.map((each) => ({ value: each.queue, label: each.queue === '' ? t('allQueues') : each.queue }))}
            value={queue.queue}
            onChange={(value) => onChoose(value === '' || value === null ? undefined : value)}
            allowDeselect={false}
            searchable
          />
        )
      }
    />
  );
}
