// In the place of a page that the caller's role does not see: somebody may have sent them its address.

import { Center } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useCommon } from '@/i18n/common';
import { EmptyState } from '@/ui/EmptyState';

export function Forbidden() {
  const t = useCommon();
  return (
    <Center mih="50dvh">
      <EmptyState isPage icon={IconLock} title={t('forbiddenTitle')}>
        {t('forbiddenText')}
      </EmptyState>
    </Center>
  );
}
