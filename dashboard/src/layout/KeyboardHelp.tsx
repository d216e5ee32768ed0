// What the keys do, for who asks. What they do is in keys.ts.

import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { useCommon } from '@/i18n/common';
import { useMe } from '@/session/me';
import { pagesFor } from './nav';
import { useFrame } from './text';

export function KeyboardHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useFrame();
  const words = useCommon();
  const pages = pagesFor(useMe()).filter((item) => item.key !== undefined);
  return (
    <Modal opened={isOpen} onClose={onClose} title={t('keys')} closeButtonProps={{ 'aria-label': words('close') }}>
      <Stack gap={8}>
        <Line keys={[['Ctrl', 'K']]}>{t('keysPalette')}</Line>
        <Line keys={[['?']]}>{t('keysHelp')}</Line>
        <Line keys={[['j']]}>{t('keysDown')}</Line>
        <Line keys={[['k']]}>{t('keysUp')}</Line>
        <Line keys={[['Enter']]}>{t('keysOpen')}</Line>
        {pages.map(({ key, to, word }) => (
          <Line key={to} keys={[['g'], [key ?? '']]}>
            {t('keysGo', { page: t(word) })}
          </Line>
        ))}
      </Stack>
    </Modal>
  );
}

/** `keys` are pressed one group after the other; those of a group together. */
function Line({ keys, children }: { keys: string[][]; children: ReactNode }) {
  return (
    <Group justify="space-between">
      <Text size="sm">{children}</Text>
      <Group gap={4}>
        {keys.map((chord) => (
          <Fragment key={chord.join()}>
            {chord.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </Fragment>
        ))}
      </Group>
    </Group>
  );
}
