// Where calls go to and come from.

import { Text } from '@mantine/core';
import { count } from '@/lib/format';
import type { BodyProps } from '../body';
import { useBodyTexts } from '../bodyText';
import type { Col } from '../columns';
import { Bar, Parts } from '../components/Bar';
import { Show } from '../components/States';
import { TablePanel } from '../components/TablePanel';
import { callsOf } from '../drill';
import { countryName } from '../labels';
import { type CountriesReport, type CountryRow, useReport } from '../queries';

export function Countries({ search }: BodyProps) {
  const report = useReport('countries', search);
  return (
    <Show report={report} isEmpty={({ rows, unknown_calls }) => rows.length === 0 && unknown_calls === 0}>
      {(countries) => <Table countries={countries} />}
    </Show>
  );
}

function Table({ countries: { rows, unknown_calls } }: { countries: CountriesReport }) {
  const t = useBodyTexts();
  const most = Math.max(1, ...rows.map(({ calls }) => calls));
  const columns: Col<CountryRow>[] = [
    { key: 'country', title: t('country'), of: ({ country }) => countryName(country) },
    {
      key: 'calls',
      title: t('calls'),
      kind: 'count',
      of: ({ calls }) => calls,
      show: ({ calls }) => <Bar share={calls / most}>{count(calls)}</Bar>,
    },
    {
      key: 'split',
      title: `${t('inbound')} / ${t('outbound').toLowerCase()}`,
      of: ({ inbound, outbound }) => `${count(inbound)} / ${count(outbound)}`,
      show: ({ inbound, outbound }) => (
        <>
          <Text size="xs" c="dimmed">
            {count(inbound)} / {count(outbound)}
          </Text>
          <Parts
            parts={[
              { key: 'in', value: inbound, color: 'var(--chart-main)', label: t('inbound') },
              { key: 'out', value: outbound, color: 'var(--chart-second)', label: t('outbound') },
            ]}
          />
        </>
      ),
      from: 'sm',
    },
    { key: 'connect', title: t('connectRate'), kind: 'share', of: ({ connect_rate }) => connect_rate },
    { key: 'talk', title: t('minutes'), kind: 'seconds', of: ({ talk_seconds }) => talk_seconds },
    {
      key: 'inTalk',
      title: t('inTalk'),
      kind: 'seconds',
      of: ({ inbound_talk_seconds }) => inbound_talk_seconds,
      from: 'md',
    },
    {
      key: 'outTalk',
      title: t('outTalk'),
      kind: 'seconds',
      of: ({ outbound_talk_seconds }) => outbound_talk_seconds,
      from: 'md',
    },
  ];
  return (
    <TablePanel
      title={t('countries')}
      about={unknown_calls > 0 ? t('unknownCountry', { count: unknown_calls }) : undefined}
      how={['country', 'asr', 'talk']}
      rows={rows}
      columns={columns}
      rowKey={({ country }) => country}
      calls={({ query }) => callsOf(query)}
      none={t('unknownCountry', { count: unknown_calls })}
      most={25}
    />
  );
}
