// What is looked for in the words of calls: keyword lists, scorecards, and the chat server that answers them. What is being
// edited stands in the address.

import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMay } from '@/session/me';
import { Page } from '@/ui/Page';
import { Section } from '@/ui/Section';
import { toastDone, toastFailed } from '@/ui/toast';
import { CardEditor } from './CardEditor';
import { ChatSection } from './ChatSection';
import { Line } from './Line';
import { ListEditor } from './ListEditor';
import {
  deleteCard,
  deleteList,
  type KeywordList,
  listsQuery,
  readAgain,
  scorecardsQuery,
  setCardOn,
  setListOn,
} from './queries';
import { useAnalysisTexts } from './text';

const route = getRouteApi('/workspace/settings/analysis');
/** In the place of an id: the one that is being made. */
const NEW = 'new';
/** Phrases of a list that its line names. */
const NAMED = 8;

export function AnalysisPage() {
  const t = useAnalysisTexts();
  const mayWrite = useMay('workspace.write');
  return (
    <Page title={t('title')} about={t('about')}>
      {!mayWrite && (
        <Text size="sm" c="dimmed">
          {t('readOnly')}
        </Text>
      )}
      <Lists isLocked={!mayWrite} />
      <Cards isLocked={!mayWrite} />
      <ChatSection isLocked={!mayWrite} />
    </Page>
  );
}

function Add({ children, onClick }: { children: string; onClick: () => void }) {
  return (
    <Button variant="default" size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={onClick}>
      {children}
    </Button>
  );
}

function Rows({ none, children }: { none: string; children: ReactNode[] }) {
  if (children.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  }
  return (
    <Stack component="ul" gap={0} p={0} m={0}>
      {children}
    </Stack>
  );
}

function Lists({ isLocked }: { isLocked: boolean }) {
  const t = useAnalysisTexts();
  const navigate = useNavigate();
  const { data: lists } = useSuspenseQuery({ ...listsQuery, select: ({ data }) => data });
  const { list: open } = route.useSearch();
  const edited = lists.find(({ id }) => id === open);
  const edit = (list?: string): void => void navigate({ to: '.', search: list === undefined ? {} : { list } });
  return (
    <Section
      title={t('lists')}
      about={t('listsAbout')}
      actions={!isLocked && <Add onClick={() => edit(NEW)}>{t('newList')}</Add>}
    >
      <Rows none={t('noLists')}>
        {lists.map((list) => (
          <Line
            key={list.id}
            name={list.name}
            about={`${t(list.speaker ?? 'anybody')} · ${t('phrases', { count: list.keywords.length })}`}
            isOn={list.is_on}
            isLocked={isLocked}
            onSwitch={(isOn) => setListOn(list, isOn)}
            onEdit={() => edit(list.id)}
            deleteTitle={t('deleteList')}
            deleteText={t('deleteListText', { name: list.name })}
            onDelete={() => deleteList(list.id).then(() => toastDone(t('listDeleted')))}
          >
            <Phrases list={list} />
          </Line>
        ))}
      </Rows>
      {!isLocked && lists.length > 0 && (
        <Group gap="sm">
          <Button
            variant="default"
            size="xs"
            onClick={() => void readAgain().then(() => toastDone(t('readingAgain')), toastFailed)}
          >
            {t('readAgain')}
          </Button>
          <Text size="xs" c="dimmed" style={{ flex: '1 1 14rem' }}>
            {t('readAgainAbout')}
          </Text>
        </Group>
      )}
      <ListEditor list={edited} isOpen={!isLocked && (open === NEW || edited !== undefined)} onClose={() => edit()} />
    </Section>
  );
}

function Phrases({ list }: { list: KeywordList }) {
  const rest = list.keywords.length - NAMED;
  return (
    <Group gap={6} mt={6}>
      {list.keywords.slice(0, NAMED).map(({ id, phrase }) => (
        <Badge key={id} color="gray" title={phrase} maw="100%">
          {phrase}
        </Badge>
      ))}
      {rest > 0 && (
        <Text size="xs" c="dimmed">
          +{rest}
        </Text>
      )}
    </Group>
  );
}

function Cards({ isLocked }: { isLocked: boolean }) {
  const t = useAnalysisTexts();
  const navigate = useNavigate();
  const { data: cards } = useSuspenseQuery({ ...scorecardsQuery, select: ({ data }) => data });
  const { card: open } = route.useSearch();
  const edited = cards.find(({ id }) => id === open);
  const edit = (card?: string): void => void navigate({ to: '.', search: card === undefined ? {} : { card } });
  return (
    <Section
      title={t('cards')}
      about={t('cardsAbout')}
      actions={!isLocked && <Add onClick={() => edit(NEW)}>{t('newCard')}</Add>}
    >
      <Rows none={t('noCards')}>
        {cards.map((card) => (
          <Line
            key={card.id}
            name={card.name}
            about={t('questions', { count: card.items.length })}
            isOn={card.is_on}
            isLocked={isLocked}
            onSwitch={(isOn) => setCardOn(card, isOn)}
            onEdit={() => edit(card.id)}
            deleteTitle={t('deleteCard')}
            deleteText={t('deleteCardText', { name: card.name })}
            onDelete={() => deleteCard(card.id).then(() => toastDone(t('cardDeleted')))}
          />
        ))}
      </Rows>
      <CardEditor card={edited} isOpen={!isLocked && (open === NEW || edited !== undefined)} onClose={() => edit()} />
    </Section>
  );
}
