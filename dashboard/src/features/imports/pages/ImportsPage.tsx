// Files of call records: bring one, and see what came of the others.

import { Anchor, Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft, IconFileImport } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { ago, bytes, percent } from '@/lib/format';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { explain } from '@/ui/Failure';
import { FileDrop } from '@/ui/FileDrop';
import { Page } from '@/ui/Page';
import { shareOf } from '../components/Running';
import { StateBadge } from '../components/StateBadge';
import { bring, type Import, importsQuery, isRunning, MOST_BYTES } from '../queries';
import { useImportTexts } from '../text';

export function ImportsPage() {
  const t = useImportTexts();
  const mayImport = useMay('connections.write');
  const imports = useSuspenseQuery(importsQuery).data.data;
  return (
    <Page
      title={t('title')}
      about={t('about')}
      above={
        <Anchor size="sm" c="dimmed" renderRoot={(props) => <Link to="/connections" {...props} />}>
          <Group gap={4}>
            <IconArrowLeft size={14} aria-hidden />
            {t('toConnections')}
          </Group>
        </Anchor>
      }
    >
      <Stack maw={860} gap="lg">
        {mayImport && <Bring />}
        {imports.length === 0 ? (
          <EmptyState icon={IconFileImport} title={t('noneTitle')}>
            {t('noneText')}
          </EmptyState>
        ) : (
          <Stack gap="xs">
            <Title order={2}>{t('earlier')}</Title>
            <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
              {imports.map((found) => (
                <Row key={found.id} found={found} />
              ))}
            </Stack>
          </Stack>
        )}
      </Stack>
    </Page>
  );
}

/** Where a file is brought, and how far it is on its way. */
function Bring() {
  const t = useImportTexts();
  const navigate = useNavigate();
  const [file, setFile] = useState<File>();
  const [share, setShare] = useState(0);
  const [failure, setFailure] = useState<string>();
  const ending = useRef<AbortController>(undefined);

  const send = async (chosen: File): Promise<void> => {
    ending.current = new AbortController();
    setFile(chosen);
    setShare(0);
    setFailure(undefined);
    try {
      const made = await bring(chosen, setShare, ending.current.signal);
      await navigate({ to: '/connections/import/$id', params: { id: made.id } });
    } catch (error) {
      setFailure(error instanceof DOMException ? undefined : explain(error));
    }
    setFile(undefined);
  };

  if (file !== undefined) {
    return (
      <Paper p="md">
        <Stack gap="sm" role="status">
          <Group justify="space-between" wrap="nowrap">
            <Text truncate title={file.name}>
              {t('sending', { name: file.name })}
            </Text>
            <Button variant="default" size="xs" onClick={() => ending.current?.abort()}>
              {t('stop')}
            </Button>
          </Group>
          <Progress value={share * 100} aria-label={t('sending', { name: file.name })} />
          <Text size="sm" c="dimmed">
            {t('sent', { percent: percent(share), size: bytes(file.size) })}
          </Text>
        </Stack>
      </Paper>
    );
  }
  return (
    <FileDrop
      title={t('dropTitle')}
      about={t('dropText')}
      maxBytes={MOST_BYTES}
      failure={failure}
      onFile={(chosen) => void send(chosen)}
      onRefused={() => setFailure(t('dropRefused'))}
    />
  );
}

function Row({ found }: { found: Import }) {
  const t = useImportTexts();
  return (
    <Paper component="li" p="md">
      <Group justify="space-between" gap="md" wrap="nowrap">
        <Stack gap={2} miw={0}>
          <Anchor
            fw={600}
            truncate
            title={found.file_name}
            renderRoot={(props) => <Link to="/connections/import/$id" params={{ id: found.id }} {...props} />}
          >
            {found.file_name}
          </Anchor>
          <Text size="sm" c="dimmed">
            {t('size', { size: bytes(found.file_bytes), when: ago(found.created_at) })}
          </Text>
        </Stack>
        <StateBadge state={found.state} />
      </Group>
      {isRunning(found) && (
        <Progress mt="xs" value={shareOf(found) * 100} aria-label={t(`state_${found.state}` as const)} />
      )}
    </Paper>
  );
}
