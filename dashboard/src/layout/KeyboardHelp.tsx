// `?` shows what the keys do, and `g` with a letter goes to a page.

import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { Fragment, type ReactNode, useRef } from 'react';
import { useCommon } from '@/i18n/common';
import { useMe } from '@/session/me';
import { pagesFor } from './nav';
import { useFrame } from './text';

/** How long after `g` its letter may come, ms. */
const CHORD = 1_200;

export function KeyboardHelp() {
  const t = useFrame();
  const words = useCommon();
  const me = useMe();
  const navigate = useNavigate();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const began = useRef(0);
  const pages = pagesFor(me).filter((item) => item.key !== undefined);
  useHotkeys([
    ['shift + ?', toggle, { usePhysicalKeys: false }],
    [
      'g',
      () => {
        began.current = Date.now();
      },
    ],
    ...pages.map(({ key, to }): [string, () => void] => [
      key ?? '',
      () => {
        if (Date.now() - began.current < CHORD) {
          began.current = 0;
          void navigate({ to });
        }
      },
    ]),
  ]);
  return (
    <Modal opened={isOpen} onClose={close} title={t('keys')} closeButtonProps={{ 'aria-label': words('close') }}>
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
