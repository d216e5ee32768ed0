// Who reached nobody, and what became of them. The list is for working it off: each row calls back.

import { Badge, Button, Group, Text } from '@mantine/core';
import { IconPhoneOutgoing, IconRecordMail } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { count, length, percent, phone } from '@/lib/format';
import { StatTile } from '@/ui/StatTile';
import { When } from '@/ui/Times';
import type { BodyProps } from '../body';
import { useBodyTexts } from '../bodyText';
import { StackedBars } from '../charts/lazy';
import type { Col } from '../columns';
import { ChartPanel } from '../components/ChartPanel';
import { Person } from '../components/Person';
import { Show } from '../components/States';
import { TablePanel } from '../components/TablePanel';
import { Tiles } from '../components/Tiles';
import { callsOf } from '../drill';
import { useHowTexts } from '../howText';
import { stepName } from '../labels';
import { type MissedCaller, type MissedReport, useReport } from '../queries';

export function Missed({ search }: BodyProps) {
  const report = useReport('missed', search);
  return (
    <Show report={report} isEmpty={({ missed }) => missed === 0}>
      {(missed) => (
        <>
          <Numbers missed={missed} />
          <ToCallBack missed={missed} />
          <Fate missed={missed} />
        </>
      )}
    </Show>
  );
}

function Numbers({ missed }: { missed: MissedReport }) {
  const t = useBodyTexts();
  const how = useHowTexts();
  const { time_to_return: back } = missed;
  return (
    <Tiles>
      <StatTile label={t('missed')} hint={how('outcome')} value={count(missed.missed)} />
      <StatTile
        label={t('notReturned')}
        hint={how('notReturned')}
        value={count(missed.not_returned)}
        detail={missed.waiting > 0 ? `${t('waiting')}: ${count(missed.waiting)}` : undefined}
      />
      <StatTile
        label={t('returnRate')}
        hint={t('toCallBackAbout', { hours: missed.return_hours })}
        value={missed.return_rate == null ? '–' : percent(missed.return_rate)}
        detail={`${t('reachedUs')}: ${count(missed.reached_us)}`}
      />
      <StatTile
        label={t('timeToReturn')}
        hint={how('median')}
        value={back.median_seconds == null ? '–' : length(back.median_seconds)}
        detail={back.p90_seconds == null ? undefined : `${t('p90')}: ${length(back.p90_seconds)}`}
      />
    </Tiles>
  );
}

type Day = MissedReport['days'][number];

const FATES = [
  { key: 'returned', word: 'returned', color: 'var(--outcome-answered)' },
  { key: 'reached_us', word: 'reachedUs', color: 'var(--outcome-busy)' },
  { key: 'waiting', word: 'waiting', color: 'var(--outcome-no-answer)' },
  { key: 'not_returned', word: 'notReturned', color: 'var(--outcome-missed)' },
] as const;

function Fate({ missed: { days } }: { missed: MissedReport }) {
  const t = useBodyTexts();
  const dayOf = ({ date }: Day): string => stepName('day', date, null);
  const columns: Col<Day>[] = [
    { key: 'day', title: t('day'), of: dayOf },
    { key: 'missed', title: t('missed'), kind: 'count', of: ({ missed }) => missed },
    ...FATES.map(({ key, word }): Col<Day> => ({ key, title: t(word), kind: 'count', of: (day) => day[key] })),
  ];
  return (
    <ChartPanel
      title={t('fate')}
      how={['notReturned']}
      summary={t('fateAlt')}
      rows={days}
      columns={columns}
      rowKey={({ date }) => date}
      calls={({ query }) => callsOf(query)}
    >
      <StackedBars
        data={days.map((day) => ({
          label: dayOf(day),
          returned: day.returned,
          reached_us: day.reached_us,
          waiting: day.waiting,
          not_returned: day.not_returned,
        }))}
        series={FATES.map(({ key, word, color }) => ({ name: key, label: t(word), color }))}
      />
    </ChartPanel>
  );
}

function ToCallBack({ missed }: { missed: MissedReport }) {
  const t = useBodyTexts();
  const columns: Col<MissedCaller>[] = [
    {
      key: 'caller',
      title: t('caller'),
      of: ({ name, number }) => name ?? phone(number),
      show: ({ name, number, contact_id }) => <Person number={number} name={name} contactId={contact_id} />,
    },
    { key: 'number', title: t('callNow'), of: ({ number }) => number, show: (caller) => <CallBack caller={caller} /> },
    { key: 'times', title: t('times'), kind: 'count', of: ({ calls }) => calls },
    {
      key: 'last',
      title: t('last'),
      kind: 'moment',
      of: ({ last_at }) => last_at,
      show: (caller) => <Last caller={caller} />,
    },
    {
      key: 'state',
      title: t('state'),
      of: ({ is_waiting }) => t(is_waiting ? 'waiting' : 'notReturned'),
      show: (caller) => <State caller={caller} hours={missed.return_hours} />,
    },
  ];
  return (
    <>
      <TablePanel
        title={t('toCallBack')}
        about={t('toCallBackAbout', { hours: missed.return_hours })}
        how={['notReturned']}
        rows={missed.callers}
        columns={columns}
        rowKey={({ number }) => number}
        none={t('toCallBackNone')}
      />
      {missed.left_out > 0 && (
        <Text size="sm" c="dimmed">
          {t('leftOut', { count: missed.left_out })}
        </Text>
      )}
    </>
  );
}

function Last({ caller }: { caller: MissedCaller }) {
  return (
    <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
      <Link to="/calls/$id" params={{ id: caller.last_call_id }} style={{ color: 'var(--mantine-color-anchor)' }}>
        <When at={caller.last_at} />
      </Link>
    </Text>
  );
}

function State({ caller, hours }: { caller: MissedCaller; hours: number }) {
  const t = useBodyTexts();
  return (
    <Group gap={6} wrap="nowrap">
      {caller.is_waiting ? (
        <Badge color="gray" title={t('waitingHint', { hours })}>
          {t('waiting')}
        </Badge>
      ) : (
        <Badge color="red">{t('notReturned')}</Badge>
      )}
      {caller.is_voicemail && <IconRecordMail size={17} stroke={1.6} role="img" aria-label={t('hasVoicemail')} />}
    </Group>
  );
}

function CallBack({ caller }: { caller: MissedCaller }) {
  const t = useBodyTexts();
  return (
    <Button
      component="a"
      href={`tel:${caller.number}`}
      size="compact-sm"
      variant="light"
      leftSection={<IconPhoneOutgoing size={14} aria-hidden />}
      aria-label={t('callName', { name: caller.name ?? phone(caller.number) })}
    >
      {t('callNow')}
    </Button>
  );
}
