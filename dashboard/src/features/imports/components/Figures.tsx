// What came of a file so far, in numbers.

import { Paper, SimpleGrid, Text } from '@mantine/core';
import { count } from '@/lib/format';
import type { Import } from '../queries';
import { useImportTexts } from '../text';

export function Figures({ found }: { found: Import }) {
  const t = useImportTexts();
  const isTrial = found.state === 'checking' || found.state === 'checked';
  const figures = [
    { value: found.stored, words: isTrial ? t('willStore') : t('didStore'), color: 'teal' },
    { value: found.known, words: t('known'), color: 'ink' },
    { value: found.passed_over, words: t('passedOver'), color: undefined },
    { value: found.failed, words: t('failed'), color: 'red' },
  ];
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }}>
      {figures.map(({ value, words, color }) => (
        <Paper key={words} p="md">
          <Text fz={26} fw={600} c={value === 0 ? 'dimmed' : color} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {count(value)}
          </Text>
          <Text size="sm" c="dimmed">
            {words}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
