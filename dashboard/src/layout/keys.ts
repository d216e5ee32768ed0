// Keys that work on every page: `g` with a letter goes to a page, `?` shows what the keys do, Ctrl K and `/` open the palette. They are
// bound with the frame: what they open may come later, and a key pressed before that must not be lost.

import { useHotkeys } from '@mantine/hooks';
import { spotlight } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { useMe } from '@/session/me';
import { pagesFor } from './nav';

/** How long after `g` its letter may come, ms. */
const CHORD = 1_200;

export function useFrameKeys(toggleHelp: () => void) {
  const navigate = useNavigate();
  const began = useRef(0);
  const pages = pagesFor(useMe()).filter((item) => item.key !== undefined);
  useHotkeys([
    ['/', spotlight.open],
    ['shift + ?', toggleHelp, { usePhysicalKeys: false }],
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
  // In fields as well: it is how people get anywhere.
  useHotkeys([['mod + K', spotlight.toggle]], []);
}
