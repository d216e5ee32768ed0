// The numbers of the day.

import { SimpleGrid } from '@mantine/core';
import { compare, compareShares } from '@/lib/compare';
import { count, percent, spell } from '@/lib/format';
import { StatTile } from '@/ui/StatTile';
import type { Overview } from '../queries';
import { useOverviewTexts } from '../text';

/** As far as the server counts unheard voicemails. */
const COUNTED_TO = 1_000;

function counted(unheard: number): string {
  return unheard < COUNTED_TO ? count(unheard) : `${count(COUNTED_TO)}+`;
}

export function Tiles({ overview }: { overview: Overview }) {
  const t = useOverviewTexts();
  const { today, last_week: before } = overview;
  const was = (value: string): string => t('lastWeek', { value });
  const texts = (day: typeof today): number => day.inbound_messages + day.outbound_messages;
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing={{ base: 'xs', sm: 'md' }} verticalSpacing={{ base: 'xs', sm: 'md' }}>
      <StatTile
        label={t('calls')}
        to="/calls"
        hint={t('callsHint')}
        value={count(today.calls)}
        detail={t('callsSplit', { inbound: count(today.inbound_calls), outbound: count(today.outbound_calls) })}
        compared={compare(today.calls, before.calls, 'either')}
        same={t('same')}
        before={was(count(before.calls))}
      />
      <StatTile
        label={t('answerRate')}
        hint={t('answerRateHint')}
        value={today.answer_rate == null ? '–' : percent(today.answer_rate)}
        compared={compareShares(today.answer_rate, before.answer_rate, 'more')}
        inPoints
        same={t('same')}
        before={before.answer_rate == null ? undefined : was(percent(before.answer_rate))}
      />
      <StatTile
        label={t('notReturned')}
        hint={t('notReturnedHint')}
        value={count(today.not_returned)}
        compared={compare(today.not_returned, before.not_returned, 'less')}
        same={t('same')}
        before={was(count(before.not_returned))}
      />
      <StatTile
        to="/voicemails"
        label={t('unheard')}
        hint={t('unheardHint')}
        value={counted(overview.unheard_voicemails)}
      />
      <StatTile
        label={t('messages')}
        to="/messages"
        hint={t('messagesHint')}
        value={count(texts(today))}
        detail={t('messagesSplit', {
          inbound: count(today.inbound_messages),
          outbound: count(today.outbound_messages),
        })}
        compared={compare(texts(today), texts(before), 'either')}
        same={t('same')}
        before={was(count(texts(before)))}
      />
      <StatTile
        label={t('response')}
        hint={t('responseHint')}
        value={today.response == null ? '–' : spell(today.response.median_seconds)}
        detail={today.response == null ? t('none') : t('responseMost', { time: spell(today.response.p90_seconds) })}
        compared={compare(today.response?.median_seconds, before.response?.median_seconds, 'less')}
        same={t('same')}
        before={before.response == null ? undefined : was(spell(before.response.median_seconds))}
      />
      <StatTile
        label={t('talk')}
        hint={t('talkHint')}
        value={spell(today.talk_seconds)}
        compared={compare(today.talk_seconds, before.talk_seconds, 'either')}
        same={t('same')}
        before={was(spell(before.talk_seconds))}
      />
      <StatTile to="/calls" label={t('live')} hint={t('liveHint')} value={count(overview.live_calls)} />
    </SimpleGrid>
  );
}
