import { Center } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { Outlet } from '@tanstack/react-router';
import { useMe } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { usePlatformTexts } from '../text';

/** What platform admins see; others read that it is not for them, and nothing is asked of the server. */
export function PlatformFrame() {
  const t = usePlatformTexts();
  const me = useMe();
  if (me.user.is_platform_admin && me.impersonated_by == null) {
    return <Outlet />;
  }
  return (
    <Center mih="50dvh">
      <h1 className="sr-only">{t('forbiddenTitle')}</h1>
      <EmptyState icon={IconLock} title={t('forbiddenTitle')}>
        {t('forbiddenText')}
      </EmptyState>
    </Center>
  );
}
