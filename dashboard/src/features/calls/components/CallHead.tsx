// What a call was, in one line each: who, what became of it, when and how long.

import { Badge, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconArrowsExchange, IconBuilding, IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useCommon } from '@/i18n/common';
import { duration, phone, spell } from '@/lib/format';
import { Running, When } from '@/ui/Times';
import { OutcomeBadge, sides } from '../outcome';
import type { CallDetail } from '../queries';
import { useCallTexts } from '../text';

export function CallBadges({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  return (
    <Group gap={6} mt={4}>
      <OutcomeBadge call={call} />
      {call.direction != null && <Badge color="gray">{t(call.direction)}</Badge>}
      {call.is_internal && call.direction !== 'internal' && (
        <Badge color="gray" leftSection={<IconBuilding size={12} aria-hidden />}>
          {t('internal')}
        </Badge>
      )}
      {call.is_transferred && (
        <Badge color="gray" leftSection={<IconArrowsExchange size={12} aria-hidden />}>
          {t('transferred')}
        </Badge>
      )}
      {call.resolved != null && (
        <Badge color="teal" leftSection={<IconCircleCheck size={12} aria-hidden />}>
          {t('resolvedBy', { name: call.resolved.by.name })}
        </Badge>
      )}
    </Group>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Stack gap={0} miw={0}>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" component="div" truncate>
        {children}
      </Text>
    </Stack>
  );
}

export function CallFacts({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const withheld = useCommon()('withheld');
  const { theirs, ours } = sides(call);
  const began = call.started_at ?? call.occurred_at;
  const extra: [string, string | null | undefined][] = [
    [t('queue'), call.queue],
    [t('ringGroup'), call.ring_group],
    [t('ivr'), call.ivr],
    [t('trunk'), call.trunk],
    [t('did'), call.did === ours ? null : call.did && phone(call.did)],
    [t('accountCode'), call.account_code],
  ];
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="md">
      <Fact name={t('theirSide')}>{theirs == null ? withheld : phone(theirs)}</Fact>
      <Fact name={t('ourSide')}>{ours == null ? '–' : phone(ours)}</Fact>
      <Fact name={t('agent')}>
        <span title={call.agent_name ?? undefined}>{call.agent_name ?? call.agent_id ?? '–'}</span>
      </Fact>
      <Fact name={t('began')}>
        <When at={began} />
        {call.start_estimated && (
          <Text span inherit c="dimmed" title={t('startEstimated')}>
            {' '}
            ≈
          </Text>
        )}
      </Fact>
      <Fact name={call.outcome === 'answered' ? t('waited') : t('waitedQueue')}>
        {call.wait_seconds == null ? '–' : spell(call.wait_seconds)}
      </Fact>
      <Fact name={t('talked')}>
        {call.status === 'active' && call.answered_at != null ? (
          <Running since={call.answered_at} />
        ) : call.talk_seconds ? (
          duration(call.talk_seconds)
        ) : (
          '–'
        )}
      </Fact>
      {extra.map(
        ([name, value]) =>
          value != null &&
          value !== '' && (
            <Fact key={name} name={name}>
              <span title={value}>{value}</span>
            </Fact>
          ),
      )}
    </SimpleGrid>
  );
}
