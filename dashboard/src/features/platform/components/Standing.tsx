// What is done to a workspace as a whole. Each deed has its reason, which its people are shown.

import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '@/api/client';
import { invalidateBelow } from '@/api/query';
import type { Tenant } from '@/api/schema.gen';
import { beginAnew } from '@/session/me';
import { Confirm } from '@/ui/confirm';
import { toastDone, toastFailed } from '@/ui/toast';
import { usePlatformTexts } from '../text';

type Deed = 'suspend' | 'close' | 'impersonate';

export function Standing({ tenant }: { tenant: Tenant }) {
  const t = usePlatformTexts();
  const [deed, setDeed] = useState<Deed>();
  const [reason, setReason] = useState('');
  const close = (): void => {
    setDeed(undefined);
    setReason('');
  };
  const { id, name, status } = tenant;
  const params = { path: { id } };
  const body = { reason };

  const changed = async (words: string): Promise<void> => {
    toastDone(words);
    await invalidateBelow('/api/v1/admin', '/api/v1/me');
  };
  const resume = async (): Promise<void> => {
    try {
      await api.POST('/api/v1/admin/tenants/{id}/resume', { params });
      await changed(t('resumed', { name }));
    } catch (error) {
      toastFailed(error);
    }
  };
  const suspend = async (): Promise<void> => {
    await api.POST('/api/v1/admin/tenants/{id}/suspend', { params, body });
    await changed(t('standingDone', { name, status: t('suspended') }));
  };
  const shut = async (): Promise<void> => {
    await api.DELETE('/api/v1/admin/tenants/{id}', { params, body });
    await changed(t('standingDone', { name, status: t('deleted') }));
  };
  const impersonate = async (): Promise<void> => {
    await api.POST('/api/v1/admin/tenants/{id}/impersonate', { params, body });
    await beginAnew('/');
  };

  const why = (
    <TextInput
      label={t('reason')}
      description={deed === 'impersonate' ? t('reasonAbout') : t('reasonShown')}
      required
      maxLength={500}
      data-autofocus
      value={reason}
      onChange={(event) => setReason(event.currentTarget.value)}
    />
  );
  const common = { isOpen: true, onClose: close, isReady: reason.trim() !== '' };
  return (
    <Group gap="xs">
      {status === 'active' ? (
        <>
          <Button disabled={tenant.user_count === 0} variant="default" onClick={() => setDeed('impersonate')}>
            {t('impersonate')}
          </Button>
          <Button variant="light" color="orange" onClick={() => setDeed('suspend')}>
            {t('suspend')}
          </Button>
        </>
      ) : (
        <Button onClick={() => void resume()}>{t('resume')}</Button>
      )}
      {status !== 'deleted' && (
        <Button variant="light" color="red" onClick={() => setDeed('close')}>
          {t('close')}
        </Button>
      )}
      {deed === 'impersonate' && (
        <Confirm {...common} title={t('impersonateTitle', { name })} deed={t('begin')} onConfirm={impersonate}>
          <Stack>
            <Text size="sm">{t('impersonateText')}</Text>
            {why}
          </Stack>
        </Confirm>
      )}
      {deed === 'suspend' && (
        <Confirm {...common} title={t('suspendTitle', { name })} deed={t('suspend')} onConfirm={suspend}>
          <Stack>
            <Text size="sm">{t('suspendText')}</Text>
            {why}
          </Stack>
        </Confirm>
      )}
      {deed === 'close' && (
        <Confirm
          {...common}
          title={t('closeTitle', { name })}
          deed={t('close')}
          phrase={tenant.subdomain}
          onConfirm={shut}
        >
          <Stack>
            {why}
            <Text size="sm">
              {t('closeText')} <Code>{tenant.subdomain}</Code>
            </Text>
          </Stack>
        </Confirm>
      )}
    </Group>
  );
}
