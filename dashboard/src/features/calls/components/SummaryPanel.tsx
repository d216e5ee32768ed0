// What the provider made of what was said: a summary, what is to be done, what it was about.

import { Badge, Group, List, Stack, Text } from '@mantine/core';
import type { CallDetail } from '../queries';
import { useCallTexts } from '../text';
import { Panel } from './Panel';

export function SummaryPanel({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const unique = (of: (leg: CallDetail['legs'][number]) => string[]): string[] => [...new Set(call.legs.flatMap(of))];
  const todo = unique((leg) => leg.action_items);
  const purposes = unique((leg) => leg.purposes);
  const labels = unique((leg) => leg.labels);
  return (
    <Panel title={t('summary')}>
      <Stack gap="sm">
        <Text size="sm" c={call.summary == null ? 'dimmed' : undefined} style={{ overflowWrap: 'anywhere' }}>
          {call.summary ?? t('noSummary')}
        </Text>
        {todo.length > 0 && (
          <div>
            <Text size="xs" fw={600} c="dimmed" mb={4}>
              {t('actionItems')}
            </Text>
            <List size="sm" spacing={2}>
              {todo.map((item) => (
                <List.Item key={item}>{item}</List.Item>
              ))}
            </List>
          </div>
        )}
        <Words name={t('purposes')} words={purposes} />
        <Words name={t('labels')} words={labels} />
      </Stack>
    </Panel>
  );
}

function Words({ name, words }: { name: string; words: string[] }) {
  if (words.length === 0) {
    return null;
  }
  return (
    <div>
      <Text size="xs" fw={600} c="dimmed" mb={4}>
        {name}
      </Text>
      <Group gap={6}>
        {words.map((word) => (
          <Badge key={word} color="gray" title={word}>
            {word}
          </Badge>
        ))}
      </Group>
    </div>
  );
}
