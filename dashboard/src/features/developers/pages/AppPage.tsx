// One app and its keys: those that work first, then what has ended.

import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowLeft, IconKey, IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { CopyIcon } from '@/ui/Copy';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { useAppTexts } from '../appsText';
import { KeyCard } from '../components/KeyCard';
import { MakeKey } from '../components/MakeKey';
import { keyState } from '../keys';
import { appQuery, keysQuery } from '../queries';

const route = getRouteApi('/workspace/developers/apps/$id');

export function AppPage() {
  const t = useAppTexts();
  const { id } = route.useParams();
  const { data: app } = useSuspenseQuery(appQuery(id));
  const { data: keys } = useSuspenseQuery(keysQuery(id));
  const mayWrite = useMay('apps.write');
  const [isMaking, { open, close }] = useDisclosure(false);
  const now = Date.now();
  const isOver = (index: number): boolean => {
    const key = keys.data[index];
    return key !== undefined && ['revoked', 'ended'].includes(keyState(key, now));
  };
  const order = keys.data.map((_, index) => index).sort((a, b) => Number(isOver(a)) - Number(isOver(b)) || a - b);
  const make = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('newKey')}
    </Button>
  );
  return (
    <Page
      title={app.name}
      above={
        <Anchor size="sm" c="dimmed" renderRoot={(props) => <Link to="/developers/apps" {...props} />}>
          <IconArrowLeft size={14} style={{ verticalAlign: '-2px' }} aria-hidden /> {t('back')}
        </Anchor>
      }
      about={
        <Group gap={4}>
          <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
            {app.id}
          </Text>
          <CopyIcon value={app.id} label={t('appId')} />
          {!app.is_active && <Badge color="gray">{t('off')}</Badge>}
        </Group>
      }
      actions={mayWrite && app.is_active && make}
    >
      <Stack gap="sm">
        {keys.data.length === 0 && (
          <EmptyState icon={IconKey} title={t('noKeysTitle')} action={mayWrite && app.is_active && make}>
            {t('noKeysText')}
          </EmptyState>
        )}
        {order.map((index) => {
          const key = keys.data[index];
          return key !== undefined && <KeyCard key={key.id} appId={id} apiKey={key} />;
        })}
      </Stack>
      <MakeKey appId={id} isOpen={isMaking} onClose={close} />
    </Page>
  );
}
