// One file of call records: how it is read, what would come of it, how far it is, and what was wrong.

import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft, IconTrash } from '@tabler/icons-react';
import { keepPreviousData, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ago, bytes } from '@/lib/format';
import { useMay } from '@/session/me';
import { Confirm } from '@/ui/confirm';
import { explain } from '@/ui/Failure';
import { FormFailure } from '@/ui/FormFailure';
import { Page } from '@/ui/Page';
import { toastDone, toastFailed } from '@/ui/toast';
import { Figures } from '../components/Figures';
import { PlanForm } from '../components/PlanForm';
import { PreviewTable } from '../components/PreviewTable';
import { RowErrors } from '../components/RowErrors';
import { Running } from '../components/Running';
import { StateBadge } from '../components/StateBadge';
import { type Import, type ImportWish, importQuery, isRunning, previewQuery, remove, start } from '../queries';
import { useImportTexts } from '../text';

const route = getRouteApi('/workspace/connections/import/$id');

export function ImportPage() {
  const t = useImportTexts();
  const { id } = route.useParams();
  const found = useSuspenseQuery(importQuery(id)).data;
  const mayImport = useMay('connections.write');
  const isOver = !isRunning(found);
  return (
    <Page
      title={found.file_name}
      about={
        <Group gap="sm">
          <StateBadge state={found.state} />
          {t('size', { size: bytes(found.file_bytes), when: ago(found.created_at) })}
        </Group>
      }
      above={
        <Anchor size="sm" c="dimmed" renderRoot={(props) => <Link to="/connections/import" {...props} />}>
          <Group gap={4}>
            <IconArrowLeft size={14} aria-hidden />
            {t('toImports')}
          </Group>
        </Anchor>
      }
      actions={mayImport && isOver && <Forget id={id} />}
    >
      <Stack maw={860} gap="lg">
        {isOver ? <Ended found={found} /> : <Running found={found} />}
        {found.state !== 'uploaded' && <Figures found={found} />}
        {isOver && found.has_file && mayImport && <Prepare found={found} />}
        {isOver && found.failed > 0 && <RowErrors found={found} />}
      </Stack>
    </Page>
  );
}

/** How it ended, and where to go from here. */
function Ended({ found }: { found: Import }) {
  const t = useImportTexts();
  if (found.state === 'uploaded' || found.state === 'checking' || found.state === 'importing') {
    return null;
  }
  return (
    <Paper p="md" role="status">
      <Group justify="space-between">
        <Stack gap={2}>
          <Title order={2}>{t(`${found.state}Title` as const)}</Title>
          {found.problem != null && (
            <Text size="sm" c="red">
              {found.problem}
            </Text>
          )}
          {!found.has_file && found.state !== 'done' && (
            <Text size="sm" c="dimmed">
              {t('gone')}
            </Text>
          )}
        </Stack>
        {found.state === 'done' && (
          <Group gap="xs">
            <Button variant="default" renderRoot={(props) => <Link to="/calls" {...props} />}>
              {t('toCalls')}
            </Button>
            <Button renderRoot={(props) => <Link to="/reports" {...props} />}>{t('toReports')}</Button>
          </Group>
        )}
      </Group>
    </Paper>
  );
}

/** How the file is to be read, its first rows so read, and the two ways to begin. */
function Prepare({ found }: { found: Import }) {
  const t = useImportTexts();
  const [wish, setWish] = useState<ImportWish>(() => wishOf(found));
  const [isBusy, setIsBusy] = useState(false);
  const { data: preview, error } = useQuery({ ...previewQuery(found.id, wish), placeholderData: keepPreviousData });
  const proposal = preview?.columns;
  useEffect(() => {
    // A file that nobody knows begins with what its columns' names suggest.
    if (wish.format === 'columns' && wish.mapping == null && proposal !== undefined) {
      const named = proposal.flatMap(({ name, proposal: field }) => (field == null ? [] : [[name, field] as const]));
      setWish((held) => ({ ...held, mapping: Object.fromEntries(named) }));
    }
  }, [wish, proposal]);
  const begin = async (isTrial: boolean): Promise<void> => {
    setIsBusy(true);
    try {
      await start(found.id, wish, isTrial);
    } catch (refused) {
      toastFailed(refused);
    }
    setIsBusy(false);
  };
  if (preview === undefined) {
    return error === null ? null : <FormFailure>{explain(error)}</FormFailure>;
  }
  const isReady = preview.plan != null && error === null;
  return (
    <>
      <PlanForm preview={preview} wish={wish} onChange={setWish} />
      <FormFailure>{error === null ? undefined : explain(error)}</FormFailure>
      <PreviewTable preview={preview} />
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={420}>
          {t('importAbout')}
        </Text>
        <Group gap="xs">
          <Button variant="default" disabled={!isReady || isBusy} onClick={() => void begin(true)}>
            {t('check')}
          </Button>
          <Button disabled={!isReady} loading={isBusy} onClick={() => void begin(false)}>
            {t('import')}
          </Button>
        </Group>
      </Group>
    </>
  );
}

/** What was said the last time. */
function wishOf({ plan, connection_id }: Import): ImportWish {
  if (plan == null) {
    return {};
  }
  const mapping = plan.format === 'columns' ? plan.mapping : null;
  return { format: plan.format, time_zone: plan.time_zone, country: plan.country, mapping, connection_id };
}

function Forget({ id }: { id: string }) {
  const t = useImportTexts();
  const navigate = useNavigate();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => setIsOpen(true)}>
        {t('remove')}
      </Button>
      <Confirm
        title={t('remove')}
        deed={t('remove')}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        onConfirm={async () => {
          await remove(id);
          await navigate({ to: '/connections/import' });
          toastDone(t('removed'));
        }}
      >
        {t('removeAbout')}
      </Confirm>
    </>
  );
}
