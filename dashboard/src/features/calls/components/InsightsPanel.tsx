// What the words of a call come to by our own rules: how it felt line by line, who talked how much, which phrases were heard.

import { Badge, Group, SimpleGrid, Skeleton, Stack, Text, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { Insight } from '@/api/schema.gen';
import { count, percent, spell } from '@/lib/format';
import { useInsightTexts } from '../insightsText';
import { insightsQuery } from '../queries';
import { MoodLine } from './MoodLine';
import { Panel } from './Panel';
import { Turns } from './Turns';

const COLOURS = { positive: 'teal', neutral: 'gray', negative: 'red', unknown: 'gray' } as const;

export function InsightsPanel({ callId }: { callId: string }) {
  const t = useInsightTexts();
  const { data } = useQuery(insightsQuery(callId));
  if (data === undefined) {
    return (
      <Panel title={t('title')}>
        <Skeleton height={150} />
      </Panel>
    );
  }
  const { insight, keywords } = data;
  if (insight == null) {
    return null;
  }
  return (
    <Panel
      title={t('title')}
      actions={
        <Tooltip
          label={t('estimateAbout')}
          multiline
          w={280}
          withArrow
          events={{ hover: true, focus: true, touch: true }}
        >
          <Badge variant="outline" color="gray" tabIndex={0} style={{ flexShrink: 0 }}>
            {t('estimate')}
          </Badge>
        </Tooltip>
      }
    >
      <Stack gap="md">
        <Mood insight={insight} />
        <Measures insight={insight} />
        {keywords.length > 0 && (
          <div>
            <Text size="xs" fw={600} c="dimmed" mb={6}>
              {t('keywords')}
            </Text>
            <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
              {keywords.map((heard) => (
                <Group key={`${heard.keyword_id}-${heard.speaker}`} component="li" gap="xs" wrap="wrap">
                  <Text size="sm" fw={550} title={heard.list_name} style={{ overflowWrap: 'anywhere' }}>
                    {heard.phrase}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {[heard.list_name, heard.speaker === 'unknown' ? '' : t(heard.speaker)].filter(Boolean).join(' · ')}
                  </Text>
                  <Turns turns={heard.turns} />
                </Group>
              ))}
            </Stack>
          </div>
        )}
      </Stack>
    </Panel>
  );
}

function Mood({ insight }: { insight: Insight }) {
  const t = useInsightTexts();
  if (insight.sentiment === 'unknown') {
    const isForeign = insight.language != null && insight.language !== 'en';
    return (
      <Text size="sm" c="dimmed">
        {t(isForeign ? 'unknownLanguage' : insight.turns.length === 0 ? 'off' : 'unknownLittle')}
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Badge color={COLOURS[insight.sentiment]} size="lg">
          {t(`sentiment_${insight.sentiment}`)}
        </Badge>
        <Text size="sm" c="dimmed">
          {t('overall', { score: signed(insight.customer_sentiment) })}
        </Text>
      </Group>
      <MoodLine turns={insight.turns} />
    </Stack>
  );
}

/** A score with its sign, as scales of minus to plus are read. */
function signed(score: number | null | undefined): string {
  if (score == null) {
    return '–';
  }
  return score > 0 ? `+${score}` : String(score).replace('-', '−');
}

function Measures({ insight }: { insight: Insight }) {
  const t = useInsightTexts();
  const known: [string, string][] = [];
  const add = (word: string, value: number | null | undefined, show: (value: number) => string): void => {
    if (value != null) {
      known.push([word, show(value)]);
    }
  };
  add(t('agentTalk'), insight.agent_talk_percent, (value) => percent(value / 100));
  add(t('silence'), insight.silence_seconds, spell);
  add(t('interruptions'), insight.interruptions, count);
  add(t('agentPace'), insight.agent_wpm, (value) => t('wpm', { words: count(value) }));
  add(t('customerPace'), insight.customer_wpm, (value) => t('wpm', { words: count(value) }));
  add(t('score'), insight.score, (value) => percent(value / 100));
  if (known.length === 0) {
    return null;
  }
  return (
    <SimpleGrid component="dl" cols={{ base: 2, xs: 3 }} m={0} spacing="sm" verticalSpacing="xs">
      {known.map(([word, value]) => (
        <div key={word}>
          <Text component="dt" size="xs" c="dimmed">
            {word}
          </Text>
          <Text component="dd" m={0} size="sm" fw={550} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {value}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  );
}

/** Leads to where lists, scorecards and the chat server are set. */
export function SettingsLink({ children }: { children: string }) {
  return (
    <Text
      span
      size="sm"
      td="underline"
      renderRoot={(props) => <Link to={'/settings/analysis' as LinkProps['to']} {...props} />}
    >
      {children}
    </Text>
  );
}
