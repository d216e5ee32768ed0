import { Button, Stack } from '@mantine/core';
import { IconFileImport, IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { TryIt } from '@/sandbox/TryIt';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { ConnectionRow } from '../components/ConnectionRow';
import { activityQuery } from '../queries';
import { useConnectionTexts } from '../text';

export function ConnectionsPage() {
  const t = useConnectionTexts();
  const mayConnect = useMay('connections.write');
  const connections = useSuspenseQuery(activityQuery).data.data;
  const connect = mayConnect && (
    <Button leftSection={<IconPlus size={16} />} renderRoot={(props) => <Link to="/connections/new" {...props} />}>
      {t('connect')}
    </Button>
  );
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <>
          {mayConnect && (
            <Button
              variant="default"
              leftSection={<IconFileImport size={16} />}
              renderRoot={(props) => <Link to="/connections/import" {...props} />}
            >
              {t('importRecords')}
            </Button>
          )}
          {connections.length > 0 && connect}
        </>
      }
    >
      {connections.length === 0 ? (
        <EmptyState icon={IconPlugConnected} title={t('emptyTitle')} action={connect}>
          {t('emptyText')}
        </EmptyState>
      ) : (
        <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {connections.map((connection) => (
            <ConnectionRow key={connection.connection_id} connection={connection} />
          ))}
        </Stack>
      )}
      <TryIt />
    </Page>
  );
}
