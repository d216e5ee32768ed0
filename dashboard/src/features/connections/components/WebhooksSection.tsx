// What the provider has of our webhooks, compared with what should be there, and a button that makes it right.

import { Badge, Button, Code, Group, List, Paper, Skeleton, Stack, Text } from '@mantine/core';
import { IconRefresh, IconTool } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '@/session/me';
import { Failure } from '@/ui/Failure';
import { toastDone, toastFailed } from '@/ui/toast';
import { driftQuery, repair, type WebhookStanding } from '../queries';
import { useConnectionTexts } from '../text';
import { Section } from './Section';

interface WebhooksProps {
  id: string;
  name: string;
  /** The first ones are made further up, where it is said what comes next. */
  isSettingUp: boolean;
}

export function WebhooksSection({ id, name, isSettingUp }: WebhooksProps) {
  const t = useConnectionTexts();
  const mayWrite = useMay('connections.write');
  const { data, error, isFetching, refetch } = useQuery(driftQuery(id));
  const [isBusy, setBusy] = useState(false);
  const standings = data?.data ?? [];
  const isWrong =
    data !== undefined && (standings.length === 0 ? !isSettingUp : standings.some(({ drift }) => drift.length > 0));
  const mend = async (): Promise<void> => {
    setBusy(true);
    try {
      await repair(id);
      await refetch();
      toastDone(t('repaired'));
    } catch (failure) {
      toastFailed(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section
      title={t('webhooks', { name })}
      about={t('webhooksAbout')}
      actions={
        <>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={15} aria-hidden />}
            loading={isFetching}
            onClick={() => void refetch()}
          >
            {t('compare')}
          </Button>
          {mayWrite && isWrong && (
            <Button
              size="xs"
              leftSection={<IconTool size={15} aria-hidden />}
              loading={isBusy}
              onClick={() => void mend()}
            >
              {standings.length === 0 ? t('createWebhooks') : t('repair')}
            </Button>
          )}
        </>
      }
    >
      {data === undefined && error === null && <Skeleton h={56} />}
      {data === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data !== undefined && standings.length === 0 && <Text size="sm">{t('noWebhooks')}</Text>}
      {standings.map((standing) => (
        <Standing key={standing.webhook.id} standing={standing} />
      ))}
    </Section>
  );
}

function Standing({ standing: { webhook, drift } }: { standing: WebhookStanding }) {
  const t = useConnectionTexts();
  return (
    <Paper p="sm" bg="var(--app-surface)">
      <Stack gap={6}>
        <Group gap="xs" wrap="nowrap" miw={0}>
          <Badge color={drift.length === 0 ? 'teal' : 'orange'} style={{ flexShrink: 0 }}>
            {drift.length === 0 ? t('allRight') : t('drift', { count: drift.length })}
          </Badge>
          <Badge color={webhook.is_signed ? 'gray' : 'orange'} style={{ flexShrink: 0 }}>
            {t(webhook.is_signed ? 'signed' : 'unsigned')}
          </Badge>
        </Group>
        <Code style={{ overflowWrap: 'anywhere' }}>{withoutToken(webhook.hook_url)}</Code>
        {drift.length > 0 && (
          <List size="sm" spacing={2}>
            {drift.map((each) => (
              <List.Item key={each}>{each}</List.Item>
            ))}
          </List>
        )}
      </Stack>
    </Paper>
  );
}

/** The end of the address is a secret, and it is shown where it is copied from, not everywhere. */
export function withoutToken(url: string): string {
  return url.replace(/(\/hooks\/.{4}).+$/, '$1…');
}
