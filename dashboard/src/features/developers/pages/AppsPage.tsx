// The client programs of the workspace.

import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCircleKey, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { type Column, RowList } from '@/ui/RowList';
import { When } from '@/ui/Times';
import { type appText, useAppTexts } from '../appsText';
import { MakeKey } from '../components/MakeKey';
import { type App, useApps } from '../queries';

export function AppsPage() {
  const t = useAppTexts();
  const apps = useApps();
  const navigate = useNavigate();
  const mayWrite = useMay('apps.write');
  const [isMaking, { open, close }] = useDisclosure(false);
  const make = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('newApp')}
    </Button>
  );
  return (
    <Page title={t('title')} about={t('about')} isFull actions={mayWrite && make}>
      <RowList
        label={t('title')}
        rows={apps}
        columns={columnsOf(t)}
        rowKey={(app) => app.id}
        onOpen={(app) => void navigate({ to: '/developers/apps/$id', params: { id: app.id } })}
        compact={(app) => (
          <Stack gap={4}>
            <Name app={app} />
            <Text size="xs" c="dimmed">
              {t('added')} <When at={app.created_at} />
            </Text>
          </Stack>
        )}
        empty={
          <EmptyState icon={IconCircleKey} title={t('noneTitle')} action={mayWrite && make}>
            {t('noneText')}
          </EmptyState>
        }
      />
      <MakeKey isOpen={isMaking} onClose={close} />
    </Page>
  );
}

function Name({ app }: { app: App }) {
  const t = useAppTexts();
  return (
    <Group gap="xs" wrap="nowrap" miw={0}>
      <Anchor
        size="sm"
        c="inherit"
        fw={550}
        truncate
        title={app.name}
        renderRoot={(props) => <Link to="/developers/apps/$id" params={{ id: app.id }} {...props} />}
      >
        {app.name}
      </Anchor>
      {!app.is_active && <Badge color="gray">{t('off')}</Badge>}
    </Group>
  );
}

function columnsOf(t: typeof appText): Column<App>[] {
  return [
    { key: 'name', header: t('app'), width: 'minmax(0, 2fr)', cell: (app) => <Name app={app} /> },
    {
      key: 'id',
      header: t('appId'),
      width: 'minmax(0, 2fr)',
      from: 'md',
      cell: (app) => (
        <Text size="sm" c="dimmed" ff="monospace" truncate>
          {app.id}
        </Text>
      ),
    },
    { key: 'added', header: t('added'), width: '120px', align: 'right', cell: (app) => <When at={app.created_at} /> },
  ];
}
