// Who calls and is called most, who comes back, and who is new.

import { Badge, Grid, Group } from '@mantine/core';
import { count, percent, phone } from '@/lib/format';
import { StatTile } from '@/ui/StatTile';
import type { BodyProps } from '../body';
import { useBodyTexts } from '../bodyText';
import type { Col } from '../columns';
import { Bar } from '../components/Bar';
import { CallsLink } from '../components/CallsLink';
import { Person } from '../components/Person';
import { Show } from '../components/States';
import { TablePanel } from '../components/TablePanel';
import { Tiles } from '../components/Tiles';
import { callsOf } from '../drill';
import { useHowTexts } from '../howText';
import { type CallersReport, type ReportNumberRow, useReport } from '../queries';
import { useReportTexts } from '../text';

export function Callers({ search }: BodyProps) {
  const t = useBodyTexts();
  const report = useReport('callers', search);
  return (
    <Show report={report} isEmpty={({ callers, called, hidden_calls }) => callers + called + hidden_calls === 0}>
      {(callers) => (
        <>
          <Numbers callers={callers} />
          <Grid gap="md">
            <Grid.Col span={{ base: 12, xl: 6 }}>
              <Top title={t('topCallers')} rows={callers.top_callers} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, xl: 6 }}>
              <Top title={t('topCalled')} rows={callers.top_called} />
            </Grid.Col>
          </Grid>
        </>
      )}
    </Show>
  );
}

function Numbers({ callers }: { callers: CallersReport }) {
  const t = useBodyTexts();
  const how = useHowTexts();
  return (
    <Tiles>
      <StatTile
        label={t('callers')}
        hint={how('calls')}
        value={count(callers.callers)}
        detail={`${t('called')}: ${count(callers.called)}`}
      />
      <StatTile
        label={t('repeat')}
        hint={how('repeat')}
        value={callers.repeat_rate == null ? '–' : percent(callers.repeat_rate)}
        detail={t('ofCalls', { some: count(callers.repeat_callers), all: count(callers.callers) })}
      />
      <StatTile
        label={t('newCallers')}
        hint={`${how('newCaller')} (${t('newAbout', { days: callers.look_back_days })})`}
        value={count(callers.new_callers)}
        detail={`${t('known')}: ${count(callers.known_callers)}`}
      />
      <StatTile label={t('hidden')} hint={t('hiddenHint')} value={count(callers.hidden_calls)} />
    </Tiles>
  );
}

function Top({ title, rows }: { title: string; rows: ReportNumberRow[] }) {
  const t = useBodyTexts();
  const word = useReportTexts();
  const most = Math.max(1, ...rows.map(({ calls }) => calls));
  const columns: Col<ReportNumberRow>[] = [
    {
      key: 'who',
      title: t('caller'),
      of: ({ name, number }) => name ?? phone(number),
      show: ({ name, number, contact_id, is_new }) => (
        <Group gap={6} wrap="nowrap" align="flex-start">
          <Person number={number} name={name} contactId={contact_id} />
          {is_new && (
            <Badge size="sm" color="blue" style={{ flex: 'none' }}>
              {t('isNew')}
            </Badge>
          )}
        </Group>
      ),
    },
    {
      key: 'calls',
      title: t('calls'),
      kind: 'count',
      of: ({ calls }) => calls,
      show: ({ calls, name, number, query }) => (
        <Bar share={calls / most}>
          <CallsLink of={name ?? phone(number)} search={callsOf(query)}>
            {count(calls)}
          </CallsLink>
        </Bar>
      ),
    },
    { key: 'answered', title: t('answered'), kind: 'count', of: ({ answered }) => answered },
    { key: 'talk', title: t('talk'), kind: 'seconds', of: ({ talk_seconds }) => talk_seconds },
  ];
  return (
    <TablePanel
      title={title}
      how={['calls', 'newCaller']}
      rows={rows}
      columns={columns}
      rowKey={({ number }) => number}
      none={word('nobody')}
    />
  );
}
