// One key: what it is for, what it may do, whether it works.

import { Badge, Group, HoverCard, List, Paper, Stack, Text, UnstyledButton } from '@mantine/core';
import { ago, count, fullTime } from '@/lib/format';
import { useNow } from '@/lib/useNow';
import { useMay } from '@/session/me';
import { Ago } from '@/ui/Times';
import { useAppTexts } from '../appsText';
import { keyState } from '../keys';
import type { ApiKey } from '../queries';
import { KeyDeeds } from './KeyDeeds';

export function KeyCard({ appId, apiKey }: { appId: string; apiKey: ApiKey }) {
  const t = useAppTexts();
  const now = useNow(10_000);
  const mayWrite = useMay('apps.write');
  const state = keyState(apiKey, now);
  const isOver = state === 'revoked' || state === 'ended';
  return (
    <Paper p="md" style={{ opacity: isOver ? 0.75 : 1 }}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Stack gap={6} miw={0} style={{ flex: 1 }}>
          <Group gap="xs">
            <Text
              fw={600}
              truncate
              maw="100%"
              c={apiKey.name == null ? 'dimmed' : undefined}
              title={apiKey.name ?? undefined}
            >
              {apiKey.name ?? t('noName')}
            </Text>
            <State apiKey={apiKey} state={state} now={now} />
          </Group>
          <Text size="sm" ff="monospace">
            {apiKey.hint}
          </Text>
          <Group gap="4px 20px">
            <Scopes apiKey={apiKey} />
            <Text size="sm" c="dimmed">
              {t('limit')}: {apiKey.requests_per_minute == null ? t('limitAs') : count(apiKey.requests_per_minute)}
            </Text>
            <Text size="sm" c="dimmed">
              {t('lastUsed')}: {apiKey.last_used_at == null ? t('notUsed') : <Ago at={apiKey.last_used_at} />}
            </Text>
            <Text size="sm" c="dimmed">
              {t('added')}: <Ago at={apiKey.created_at} />
            </Text>
          </Group>
        </Stack>
        {mayWrite && !isOver && <KeyDeeds appId={appId} apiKey={apiKey} />}
      </Group>
    </Paper>
  );
}

interface StateProps {
  apiKey: ApiKey;
  state: ReturnType<typeof keyState>;
  now: number;
}

function State({ apiKey, state, now }: StateProps) {
  const t = useAppTexts();
  const at = apiKey.revoked_at ?? apiKey.expires_at;
  const title = at == null ? undefined : fullTime(at);
  switch (state) {
    case 'works':
      return <Badge color="teal">{t('works')}</Badge>;
    case 'ends':
      return (
        <Badge color="yellow" title={title}>
          {t('ends', { when: ago(apiKey.expires_at ?? now, now) })}
        </Badge>
      );
    case 'ended':
    case 'revoked':
      return (
        <Badge color="gray" title={title}>
          {t(state)}
        </Badge>
      );
  }
}

function Scopes({ apiKey }: { apiKey: ApiKey }) {
  const t = useAppTexts();
  const { scopes } = apiKey;
  if (scopes == null) {
    return (
      <Text size="sm" c="dimmed">
        {t('may')}: {t('usual')}
      </Text>
    );
  }
  return (
    <HoverCard position="bottom-start" withArrow>
      <HoverCard.Target>
        <UnstyledButton style={{ textDecoration: 'underline dotted' }}>
          <Text size="sm" c="dimmed">
            {t('may')}: {t('permissions', { count: scopes.length })}
          </Text>
        </UnstyledButton>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <List size="sm" listStyleType="none">
          {scopes.map((scope) => (
            <List.Item key={scope} ff="monospace">
              {scope}
            </List.Item>
          ))}
        </List>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
