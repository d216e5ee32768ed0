// Views of a list: what it is narrowed by, kept by name. Choosing one changes the address, so the back button leads out of
// it, and it can be sent to somebody as any other address.

import { Button, Menu, Text } from '@mantine/core';
import { IconBookmark, IconCheck, IconChevronDown, IconDeviceFloppy, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '@/session/me';
import { toastDone, toastFailed } from '../toast';
import { type Filters, isSame, kept } from './filters';
import { changeView, type Noun, removeView, type SavedView, saveView, viewsQuery } from './queries';
import { useViewTexts } from './text';
import { ViewDialog } from './ViewDialog';

/** Red that can be read on a menu. */
const REMOVES = 'light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))';

interface SavedViewsProps {
  noun: Noun;
  /** What the address narrows the list by now. */
  filters: Filters;
  /** Narrows by exactly these. */
  onApply: (filters: Record<string, string>) => void;
}

export function SavedViews({ noun, filters, onApply }: SavedViewsProps) {
  const t = useViewTexts();
  const { data } = useQuery(viewsQuery(noun));
  const keeps = useMay('workspace.write');
  const [dialog, setDialog] = useState<{ view?: SavedView }>();
  /** The last one chosen: what its filters can be replaced in. */
  const [chosenId, setChosen] = useState<string>();
  const views = data?.data ?? [];
  const current = views.find((view) => isSame(view.filters, filters));
  const chosen = views.find(({ id }) => id === chosenId);
  const isNarrow = Object.keys(kept(filters)).length > 0;
  const mayChange = (view: SavedView): boolean => view.is_own || (view.is_shared && keeps);

  const choose = (view: SavedView): void => {
    setChosen(view.id);
    onApply(view.filters);
  };
  const remove = (view: SavedView): void => {
    const { name, is_shared, filters: again } = view;
    const restore = view.is_own ? () => void saveView(noun, again, { name, is_shared }).catch(toastFailed) : undefined;
    removeView(view).then(() => toastDone(t('removed'), restore), toastFailed);
  };
  const replace = (view: SavedView): void => {
    changeView(view.id, { filters: kept(filters) }).then(() => toastDone(t('saved')), toastFailed);
  };

  return (
    <>
      <Menu position="bottom-start" width={260} shadow="md" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconBookmark size={16} aria-hidden />}
            rightSection={<IconChevronDown size={14} aria-hidden />}
            maw={220}
          >
            <Text span inherit truncate title={current?.name}>
              {current?.name ?? t('views')}
            </Text>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {isNarrow && <Menu.Item onClick={() => onApply({})}>{t('everything')}</Menu.Item>}
          <Group title={t('mine')} views={views.filter(({ is_own }) => is_own)} current={current} onChoose={choose} />
          <Group
            title={t('shared')}
            views={views.filter(({ is_own }) => !is_own)}
            current={current}
            onChoose={choose}
          />
          {views.length === 0 && !isNarrow && (
            <Text size="sm" c="dimmed" p="xs">
              {t('none')}
            </Text>
          )}
          {isNarrow && <Menu.Divider />}
          {isNarrow && current === undefined && (
            <Menu.Item leftSection={<IconDeviceFloppy size={16} aria-hidden />} onClick={() => setDialog({})}>
              {t('saveAs')}
            </Menu.Item>
          )}
          {isNarrow && current === undefined && chosen !== undefined && mayChange(chosen) && (
            <Menu.Item leftSection={<IconCheck size={16} aria-hidden />} onClick={() => replace(chosen)}>
              {t('replace', { name: chosen.name })}
            </Menu.Item>
          )}
          {current !== undefined && mayChange(current) && (
            <>
              <Menu.Item
                leftSection={<IconPencil size={16} aria-hidden />}
                onClick={() => setDialog({ view: current })}
              >
                {t('change')}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconTrash size={16} aria-hidden />}
                onClick={() => remove(current)}
                style={{ color: REMOVES }}
              >
                {t('remove', { name: current.name })}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog !== undefined && (
        <ViewDialog
          view={dialog.view}
          onClose={() => setDialog(undefined)}
          onSave={(wish) =>
            dialog.view === undefined ? saveView(noun, kept(filters), wish) : changeView(dialog.view.id, wish)
          }
        />
      )}
    </>
  );
}

interface GroupProps {
  title: string;
  views: SavedView[];
  current: SavedView | undefined;
  onChoose: (view: SavedView) => void;
}

function Group({ title, views, current, onChoose }: GroupProps) {
  if (views.length === 0) {
    return null;
  }
  return (
    <>
      <Menu.Label>{title}</Menu.Label>
      {views.map((view) => (
        <Menu.Item
          key={view.id}
          onClick={() => onChoose(view)}
          aria-current={view.id === current?.id || undefined}
          rightSection={view.id === current?.id ? <IconCheck size={14} aria-hidden /> : undefined}
        >
          <Text span inherit truncate display="block" title={view.name}>
            {view.name}
          </Text>
        </Menu.Item>
      ))}
    </>
  );
}
