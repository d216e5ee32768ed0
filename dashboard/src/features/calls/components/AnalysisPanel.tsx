// What a chat server made of a call: a summary, topics, what somebody said they would do, and the scorecards with the lines
// that show each answer.

import { Badge, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { CallAnalysis, ScorecardResult } from '@/api/schema.gen';
import { count, percent, spell } from '@/lib/format';
import { useMay } from '@/session/me';
import { toastDone, toastFailed } from '@/ui/toast';
import { useInsightTexts } from '../insightsText';
import { analyseCall, insightsQuery } from '../queries';
import { SettingsLink } from './InsightsPanel';
import { Panel } from './Panel';
import { Turns } from './Turns';

const VERDICTS = { yes: 'teal', no: 'red', not_applicable: 'gray' } as const;

export function AnalysisPanel({ callId, hasTranscript }: { callId: string; hasTranscript: boolean }) {
  const t = useInsightTexts();
  const mayAsk = useMay('records.write');
  const maySet = useMay('workspace.read');
  const { data } = useQuery(insightsQuery(callId));
  const ask = useMutation({
    mutationFn: () => analyseCall(callId),
    onSuccess: () => toastDone(t('asked')),
    onError: toastFailed,
  });
  if (data === undefined || (!hasTranscript && data.analysis == null)) {
    return null;
  }
  const { analysis, chat } = data;
  const canAsk = chat.is_connected && mayAsk && hasTranscript && chat.used_tokens < chat.monthly_tokens;
  return (
    <Panel
      title={t('analysis')}
      actions={
        canAsk && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconSparkles size={15} aria-hidden />}
            loading={ask.isPending}
            onClick={() => ask.mutate()}
          >
            {t(analysis == null ? 'analyse' : 'again')}
          </Button>
        )
      }
    >
      {analysis != null ? (
        <Analysis analysis={analysis} />
      ) : (
        <Text size="sm" c="dimmed" component="div">
          {t(!chat.is_connected ? 'noServer' : canAsk ? 'notYet' : 'usedUp')}{' '}
          {maySet && !canAsk && <SettingsLink>{t('toSettings')}</SettingsLink>}
        </Text>
      )}
    </Panel>
  );
}

function Analysis({ analysis }: { analysis: CallAnalysis }) {
  const t = useInsightTexts();
  const tokens = (analysis.input_tokens ?? 0) + (analysis.output_tokens ?? 0);
  return (
    <Stack gap="md">
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {analysis.summary}
      </Text>
      {analysis.topics.length > 0 && (
        <Group gap={6}>
          {analysis.topics.map((topic) => (
            <Badge key={topic} color="gray" title={topic} maw="100%">
              {topic}
            </Badge>
          ))}
        </Group>
      )}
      {analysis.action_items.length > 0 && (
        <div>
          <Text size="xs" fw={600} c="dimmed" mb={4}>
            {t('actionItems')}
          </Text>
          <List size="sm" spacing={6}>
            {analysis.action_items.map((item) => (
              <List.Item key={item.text}>
                {item.text}{' '}
                <Text span size="xs" c="dimmed">
                  {[item.owner, item.due].filter(Boolean).join(' · ')}
                </Text>{' '}
                <Turns turns={item.turns} />
              </List.Item>
            ))}
          </List>
        </div>
      )}
      {analysis.scorecards.map((card) => (
        <Card key={card.scorecard_id} card={card} />
      ))}
      <Text size="xs" c="dimmed">
        {[
          t('by', { model: analysis.model }),
          spell(Math.max(1, Math.round(analysis.latency_ms / 1_000))),
          tokens > 0 ? t('tokens', { tokens: count(tokens) }) : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
    </Stack>
  );
}

function Card({ card }: { card: ScorecardResult }) {
  const t = useInsightTexts();
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={6} wrap="nowrap">
        <Text size="xs" fw={600} c="dimmed" truncate title={card.name}>
          {card.name}
        </Text>
        <Text size="sm" fw={620} style={{ fontVariantNumeric: 'tabular-nums', flexShrink: 0 }}>
          {card.score == null ? t('noScore') : percent(card.score / 100)}
        </Text>
      </Group>
      <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
        {card.items.map((item) => (
          <Group key={item.question} component="li" gap="sm" wrap="nowrap" align="flex-start">
            <Badge color={VERDICTS[item.verdict]} w={64} style={{ flexShrink: 0 }}>
              {t(item.verdict)}
            </Badge>
            <Text size="sm" component="div" style={{ overflowWrap: 'anywhere', flex: 1, minWidth: 0 }}>
              {item.question}{' '}
              <Text span size="xs" c="dimmed" title={t('weight')}>
                ×{item.weight}
              </Text>{' '}
              <Turns turns={item.turns} />
              {item.reason != null && (
                <Text size="xs" c="dimmed">
                  {item.reason}
                </Text>
              )}
            </Text>
          </Group>
        ))}
      </Stack>
    </div>
  );
}
