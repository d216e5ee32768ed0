// Words above every page about the whole screen: offline, or working under somebody else's name.

import { Button, Group, Text } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { renew } from '@/api/client';
import { beginAnew, signOut, useMe } from '@/session/me';
import { toastFailed } from '@/ui/toast';
import { useFrame } from './text';

export function OfflineBanner() {
  const t = useFrame();
  const { online } = useNetwork();
  if (online) {
    return null;
  }
  return (
    <Text role="status" size="sm" ta="center" px="md" py={6} bg="yellow.3" c="dark.9">
      {t('offline')}
    </Text>
  );
}

export function ImpersonationBanner() {
  const t = useFrame();
  const me = useMe();
  if (me.impersonated_by == null) {
    return null;
  }
  const end = async (): Promise<void> => {
    try {
      await signOut();
      // The admin's own session was kept beside this one.
      await renew();
      await beginAnew('/platform/tenants');
    } catch (error) {
      toastFailed(error);
    }
  };
  return (
    <Group role="status" justify="center" gap="sm" px="md" py={6} bg="orange.3" c="dark.9">
      <Text size="sm">{t('impersonating', { name: me.user.full_name, workspace: me.tenant?.company_name ?? '' })}</Text>
      <Button size="compact-xs" color="dark" onClick={end}>
        {t('endImpersonation')}
      </Button>
    </Group>
  );
}
