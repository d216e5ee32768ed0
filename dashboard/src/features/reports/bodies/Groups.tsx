// Ring groups, and where menus let callers out.

import { Group, Stack, Text } from '@mantine/core';
import { count, percent } from '@/lib/format';
import type { BodyProps } from '../body';
import { useBodyTexts } from '../bodyText';
import type { Col } from '../columns';
import { Parts } from '../components/Bar';
import { CallsLink } from '../components/CallsLink';
import { Members } from '../components/Members';
import { Panel } from '../components/Panel';
import { Nothing, Show } from '../components/States';
import { TablePanel } from '../components/TablePanel';
import { callsOf } from '../drill';
import { OUTCOMES, outcomeColor, useOutcomeTexts } from '../outcomes';
import { type GroupRow, type GroupsReport, useReport } from '../queries';

export function Groups({ search }: BodyProps) {
  const t = useBodyTexts();
  const report = useReport('groups', search);
  return (
    <Show report={report} isEmpty={() => false}>
      {({ groups, menus }) =>
        groups.length + menus.length === 0 ? (
          <Nothing about={t('noGroups')} />
        ) : (
          <>
            {groups.length > 0 && <RingGroups groups={groups} />}
            {groups.map((group) => (
              <Members
                key={group.ring_group}
                title={t('members', { group: group.ring_group })}
                rows={group.members}
                none={t('noAgents')}
              />
            ))}
            {menus.length > 0 && <Menus menus={menus} />}
          </>
        )
      }
    </Show>
  );
}

function RingGroups({ groups }: { groups: GroupRow[] }) {
  const t = useBodyTexts();
  const outcome = useOutcomeTexts();
  const columns: Col<GroupRow>[] = [
    { key: 'group', title: t('groups'), of: ({ ring_group }) => ring_group },
    { key: 'offered', title: t('offered'), kind: 'count', of: ({ offered }) => offered },
    { key: 'answered', title: t('answered'), kind: 'count', of: ({ answered }) => answered },
    { key: 'rate', title: t('answerRate'), kind: 'share', of: ({ answer_rate }) => answer_rate },
    { key: 'wait', title: t('waitMedian'), kind: 'seconds', of: ({ wait }) => wait.median_seconds },
    {
      key: 'outcomes',
      title: t('outcomes'),
      of: ({ outcomes }) =>
        OUTCOMES.filter((each) => outcomes[each] > 0)
          .map((each) => `${outcome(each)} ${outcomes[each]}`)
          .join(', '),
      show: ({ outcomes }) => (
        <Parts
          parts={OUTCOMES.map((each) => ({
            key: each,
            value: outcomes[each],
            color: outcomeColor(each),
            label: outcome(each),
          }))}
        />
      ),
    },
  ];
  return (
    <TablePanel
      title={t('groups')}
      how={['group', 'wait']}
      rows={groups}
      columns={columns}
      rowKey={({ ring_group }) => ring_group}
      calls={({ query }) => callsOf(query)}
      none={t('noGroups')}
    />
  );
}

function Menus({ menus }: { menus: GroupsReport['menus'] }) {
  const t = useBodyTexts();
  return (
    <Panel title={t('menus')} how={['menu']}>
      <Stack gap="lg">
        {menus.map((menu) => (
          <Menu key={menu.ivr} menu={menu} />
        ))}
      </Stack>
    </Panel>
  );
}

function Menu({ menu: { ivr, calls, exits, query } }: { menu: GroupsReport['menus'][number] }) {
  const t = useBodyTexts();
  return (
    <div>
      <Group justify="space-between" mb={6}>
        <Text fw={600} size="sm">
          {t('menu', { menu: ivr })}
        </Text>
        <Text size="sm">
          <CallsLink of={t('menu', { menu: ivr })} search={callsOf(query)}>
            {count(calls)}
          </CallsLink>
        </Text>
      </Group>
      <Stack gap={6}>
        {exits.map(({ exit, target, calls: left, share }) => (
          <div key={`${exit} ${target}`}>
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Text size="sm" truncate>
                {t(`${exit}Exit`, { target: target ?? '' })}
              </Text>
              <Text size="sm" c="dimmed" style={{ flex: 'none' }}>
                {count(left)} · {percent(share)}
              </Text>
            </Group>
            <div className="bar-track" aria-hidden>
              <div
                style={{
                  width: `${share * 100}%`,
                  background: exit === 'hung_up' ? 'var(--outcome-abandoned)' : undefined,
                }}
              />
            </div>
          </div>
        ))}
      </Stack>
    </div>
  );
}
