import { Button, Divider } from '@mantine/core';
import { IconLogin2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { $api } from '@/api/client';
import { useAuthTexts } from '../text';

/** Signing in elsewhere, where the installation has a provider for it. Nothing otherwise, and nothing if it cannot be asked. */
export function OtherProvider({ returnTo }: { returnTo: string | undefined }) {
  const t = useAuthTexts();
  const { data } = useQuery($api.queryOptions('get', '/api/v1/auth/oidc'));
  if (data?.start == null) {
    return null;
  }
  const query = returnTo === undefined ? '' : `?${new URLSearchParams({ return_to: returnTo })}`;
  return (
    <>
      <Divider label={t('or')} />
      {/* A plain link: the browser leaves the dashboard and comes back with cookies. */}
      <Button
        component="a"
        href={`${data.start}${query}`}
        variant="default"
        leftSection={<IconLogin2 size={18} aria-hidden />}
      >
        {t('signInWith', { name: data.name ?? 'SSO' })}
      </Button>
    </>
  );
}
