// Where the provider sends events, and the secret that they are signed with.

import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconRotate } from '@tabler/icons-react';
import { useState } from 'react';
import { day } from '@/lib/format';
import { useMay } from '@/session/me';
import { CopyField } from '@/ui/Copy';
import { Confirm } from '@/ui/confirm';
import { type ConnectionDetail, replaceSecret } from '../queries';
import { useConnectionTexts } from '../text';
import { Section } from './Section';

export function DeliverySection({ connection }: { connection: ConnectionDetail }) {
  const t = useConnectionTexts();
  const mayWrite = useMay('connections.write');
  const [isAsking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const since = connection.webhook_secret_set_at;
  return (
    <Section
      title={t('delivery')}
      about={t('deliveryAbout')}
      actions={
        mayWrite && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRotate size={15} aria-hidden />}
            onClick={() => setAsking(true)}
          >
            {t('rotate')}
          </Button>
        )
      }
    >
      {connection.hook_url == null ? (
        <Text size="sm">{t('deliveryNone')}</Text>
      ) : (
        <CopyField value={connection.hook_url} label={t('delivery')} />
      )}
      <Text size="sm" c="dimmed">
        {since == null ? t('secretNone') : t('secretSince', { date: day(since) })}
      </Text>
      {secret !== undefined && (
        <Alert color="teal" role="status">
          <Stack gap="xs">
            <Text size="sm">{t('rotateShown')}</Text>
            <CopyField value={secret} label={t('rotate')} />
          </Stack>
        </Alert>
      )}
      <Confirm
        title={t('rotate')}
        deed={t('rotateDeed')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => setSecret(await replaceSecret(connection.id))}
      >
        {t('rotateAbout')}
      </Confirm>
    </Section>
  );
}
