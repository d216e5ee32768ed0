// The command palette (Ctrl+K): every page by name, what can be done from anywhere, and what a feature finds
// (`useFinders`: records by name or number). keys.ts opens it.

import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMe } from '@/session/me';
import { useFinders } from './finders';
import { pagesFor } from './nav';
import { useFrame } from './text';

/** How long typing must rest before records are searched, ms. */
const REST = 150;

export function Palette() {
  const t = useFrame();
  const me = useMe();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const [asked] = useDebouncedValue(query.trim(), REST);
  const found = useFinders(asked);

  const pages: SpotlightActionData[] = pagesFor(me).map(({ word, to, icon: Glyph }) => ({
    id: to,
    label: t(word),
    leftSection: <Glyph size={20} stroke={1.6} aria-hidden />,
    onClick: () => void navigate({ to }),
  }));
  const groups: SpotlightActionGroupData[] = [...found, { group: t('paletteGo'), actions: pages }];
  return (
    <Spotlight
      actions={groups}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      nothingFound={t('paletteNothing')}
      highlightQuery
      scrollable
      attributes={{ content: { 'aria-label': t('palette') } }}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': t('palette') } }}
      maxHeight={420}
      filter={(words, items) => keep(words, items as SpotlightActionGroupData[])}
      searchProps={{
        leftSection: <IconSearch size={20} aria-hidden />,
        placeholder: t('palette'),
        'aria-label': t('palette'),
      }}
    />
  );
}

/** Pages are matched here; what a search found was matched by the server already. */
function keep(words: string, groups: SpotlightActionGroupData[]): SpotlightActionGroupData[] {
  const wanted = words.trim().toLowerCase();
  return groups
    .map(({ group, actions }) => ({
      group,
      actions: actions.filter(
        ({ label, keywords }) => keywords === 'found' || (label ?? '').toLowerCase().includes(wanted),
      ),
    }))
    .filter(({ actions }) => actions.length > 0);
}
