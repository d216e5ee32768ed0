// "How this is counted": beside every number that could be counted in more than one way.

import { ActionIcon, List, Popover, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { type How as HowWord, useHowTexts } from '../howText';
import { useReportTexts } from '../text';

interface HowProps {
  /** What it is about, for who does not see where the sign stands. */
  title: string;
  of: readonly HowWord[];
}

export function How({ title, of }: HowProps) {
  const t = useReportTexts();
  const how = useHowTexts();
  const [only] = of;
  return (
    <Popover width={320} position="bottom-start" shadow="md" withinPortal>
      <Popover.Target>
        <ActionIcon size="sm" className="no-print" aria-label={t('howOf', { title })}>
          <IconInfoCircle size={16} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" fw={600} mb={4}>
          {t('how')}
        </Text>
        {of.length === 1 && only !== undefined ? (
          <Text size="sm">{how(only)}</Text>
        ) : (
          <List size="sm" spacing={6}>
            {of.map((word) => (
              <List.Item key={word}>{how(word)}</List.Item>
            ))}
          </List>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
