import { Badge, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Export } from '@/api/schema.gen';
import { bytes, count } from '@/lib/format';
import { Failure } from '@/ui/Failure';
import { Section } from '@/ui/Section';
import { Ago, When } from '@/ui/Times';
import { useExports } from './queries';
import { usePrivacyTexts } from './text';

const COLOURS = { making: 'blue', ready: 'teal', failed: 'red', expired: 'gray' } as const;

export function Exports() {
  const t = usePrivacyTexts();
  const { rows, isPending, error, retry } = useExports();
  return (
    <Section title={t('exports')} about={t('exportsAbout')}>
      {error != null && <Failure error={error} onRetry={retry} />}
      {isPending && <Skeleton height={44} />}
      {!isPending && error == null && rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('noExports')}
        </Text>
      )}
      <Stack gap="sm">
        {rows.map((each) => (
          <Line key={each.id} one={each} />
        ))}
      </Stack>
    </Section>
  );
}

function Line({ one }: { one: Export }) {
  const t = usePrivacyTexts();
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} style={{ flex: '1 1 14rem' }}>
        <Group gap="xs">
          <Badge color={COLOURS[one.state]}>{t(one.state)}</Badge>
          <Text size="sm">{t('askedBy', { name: one.requested_by })}</Text>
        </Group>
        <Text size="xs" c="dimmed">
          <Ago at={one.created_at} />
          {one.expires_at != null && (
            <>
              {' · '}
              {t('ends')} <When at={one.expires_at} />
            </>
          )}
          {one.bytes != null && ` · ${bytes(one.bytes)}`}
          {one.failure != null && ` · ${one.failure}`}
          {one.state === 'making' && progress(one)}
        </Text>
      </Stack>
      <Group gap="xs">
        {one.subject != null && (
          <Button
            size="xs"
            variant="subtle"
            renderRoot={(props) => <Link to={`/contacts/${one.subject}` as string} {...props} />}
          >
            {t('toContact')}
          </Button>
        )}
        {one.file_url != null && (
          <Button
            component="a"
            href={one.file_url}
            size="xs"
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {t('download')}
          </Button>
        )}
      </Group>
    </Group>
  );
}

/** What the job has counted so far, as it names it. */
function progress(one: Export): string {
  const counts: [string, unknown][] = Object.entries(one.progress ?? {});
  return counts.map(([name, value]) => (typeof value === 'number' ? ` · ${name} ${count(value)}` : '')).join('');
}
