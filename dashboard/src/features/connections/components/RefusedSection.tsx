// The last deliveries that were not believed: the first place to look when nothing arrives.

import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { When } from '@/ui/Times';
import { refusedQuery } from '../queries';
import { useConnectionTexts } from '../text';
import { Section } from './Section';

export function RefusedSection({ id }: { id: string }) {
  const t = useConnectionTexts();
  const { data } = useQuery(refusedQuery(id));
  const refused = data?.data ?? [];
  return (
    <Section title={t('refused')} about={t('refusedAbout')}>
      {refused.length === 0 ? (
        <Text size="sm">{t('refusedNone')}</Text>
      ) : (
        <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {refused.map(({ id: key, reason, address, received_at }) => (
            <Group key={key} component="li" justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {reason}
                {address != null && (
                  <Text span size="sm" c="dimmed">
                    {' '}
                    {t('from', { address })}
                  </Text>
                )}
              </Text>
              <When at={received_at} size="sm" c="dimmed" style={{ flexShrink: 0 }} />
            </Group>
          ))}
        </Stack>
      )}
    </Section>
  );
}
