// What was written with somebody, the newest at the bottom, and where to answer.

import { ActionIcon, Anchor, Badge, Box, Button, Center, Group, Loader, Paper, Stack, Text } from '@mantine/core';
import { IconAddressBook, IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { useCommon } from '@/i18n/common';
import { day, phone, who } from '@/lib/format';
import { useMay, useMe } from '@/session/me';
import { Failure } from '@/ui/Failure';
import { PersonAvatar } from '@/ui/PersonAvatar';
import { toastFailed } from '@/ui/toast';
import { contactOfNumberQuery, contactQuery, outgoingQuery, sendText, useThreadMessages } from '../queries';
import { useMessageTexts } from '../text';
import { type Bubble, bubblesOf, byDay, type ThreadKey } from '../thread';
import { BubbleView } from './BubbleView';
import { Composer } from './Composer';

interface ThreadPaneProps {
  thread: ThreadKey;
  onBack: () => void;
}

export function ThreadPane({ thread, onBack }: ThreadPaneProps) {
  const t = useMessageTexts();
  const known = useKnown(thread);
  const mayWrite = useMay('records.write');
  const number = known.number;
  return (
    <Paper h="100%" style={{ display: 'flex', flexDirection: 'column', overflow: 'hidden' }}>
      <Head thread={known} name={known.name} onBack={onBack} />
      {number === undefined ? (
        <Center style={{ flex: 1 }}>
          <Text c="dimmed" size="sm">
            {t('noNumber')}
          </Text>
        </Center>
      ) : (
        <>
          <Messages key={`${number} ${known.own ?? ''}`} thread={known} number={number} />
          {mayWrite ? (
            <Composer key={`${number} ${known.own ?? ''} write`} thread={known} number={number} />
          ) : (
            <Text size="xs" c="dimmed" p="sm" ta="center">
              {t('mayNot')}
            </Text>
          )}
        </>
      )}
    </Paper>
  );
}

/** The thread with what the address leaves out: the contact of a number, the number of a contact. */
function useKnown(thread: ThreadKey): ThreadKey & { name?: string | null } {
  const { contact, number } = thread;
  const { data: byId } = useQuery({ ...contactQuery(contact ?? ''), enabled: contact !== undefined });
  const { data: byNumber } = useQuery({
    ...contactOfNumberQuery(number ?? ''),
    enabled: contact === undefined && number !== undefined,
  });
  const found = byId ?? byNumber?.data[0];
  return { ...thread, contact: contact ?? found?.id, number: number ?? found?.phone ?? undefined, name: found?.name };
}

interface HeadProps {
  thread: ThreadKey;
  name: string | null | undefined;
  onBack: () => void;
}

function Head({ thread, name, onBack }: HeadProps) {
  const t = useMessageTexts();
  const common = useCommon();
  const title = who(name, thread.number) ?? common('withheld');
  return (
    <Group
      p="sm"
      gap="sm"
      wrap="nowrap"
      style={{ borderBottom: '1px solid var(--mantine-color-default-border)', flex: 'none' }}
    >
      <ActionIcon hiddenFrom="sm" onClick={onBack} aria-label={t('backToList')}>
        <IconArrowLeft size={18} />
      </ActionIcon>
      <PersonAvatar name={name} size={34} />
      <Stack gap={0} miw={0} style={{ flex: 1 }}>
        <Text component="h2" size="sm" fw={600} truncate title={title}>
          {title}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {[
            name != null && thread.number !== undefined ? phone(thread.number) : undefined,
            thread.own === undefined ? undefined : t('via', { number: phone(thread.own) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </Stack>
      {thread.contact !== undefined && (
        <Anchor
          size="sm"
          style={{ flex: 'none' }}
          renderRoot={(props) => <Link to="/contacts/$id" params={{ id: thread.contact ?? '' }} {...props} />}
        >
          <IconAddressBook size={16} style={{ verticalAlign: 'text-bottom' }} aria-hidden /> {t('toContact')}
        </Anchor>
      )}
    </Group>
  );
}

function Messages({ thread, number }: { thread: ThreadKey; number: string }) {
  const t = useMessageTexts();
  const common = useCommon();
  const me = useMe();
  const messages = useThreadMessages(thread);
  const { data: outgoing } = useQuery(outgoingQuery(number));
  const bubbles = bubblesOf(messages.rows, outgoing?.data ?? [], thread.own);
  const scroller = useEnd(bubbles);
  const isNew = thread.contact === undefined;

  const repeat = (bubble: Bubble): void => {
    const text = { to: number, from: thread.own, text: bubble.text ?? '' };
    sendText(text, me.user.full_name).catch(toastFailed);
  };

  return (
    <Box
      ref={scroller}
      role="log"
      aria-label={t('title')}
      tabIndex={0}
      p="md"
      style={{ flex: 1, minHeight: 0, overflowY: 'auto', display: 'flex', flexDirection: 'column' }}
    >
      {messages.error != null && <Failure error={messages.error} onRetry={messages.retry} />}
      {messages.isPending && !isNew && messages.error == null && (
        <Center style={{ flex: 1 }}>
          <Loader size="sm" aria-label={common('loading')} />
        </Center>
      )}
      {(isNew || !messages.isPending) && bubbles.length === 0 && messages.error == null && (
        <Center style={{ flex: 1 }}>
          <Text size="sm" c="dimmed">
            {t('firstText')}
          </Text>
        </Center>
      )}
      {messages.hasMore && (
        <Center pb="md">
          <Button size="compact-sm" variant="default" loading={messages.isLoadingMore} onClick={messages.loadMore}>
            {t('older')}
          </Button>
        </Center>
      )}
      <Stack gap="lg" mt="auto">
        {byDay(bubbles).map(({ day: name, at, bubbles: ofDay }) => (
          <Stack key={name} gap={10}>
            <Center>
              <Badge color="gray" size="sm">
                {day(at)}
              </Badge>
            </Center>
            {ofDay.map((bubble) => (
              <BubbleView key={bubble.id} bubble={bubble} onRepeat={() => repeat(bubble)} />
            ))}
          </Stack>
        ))}
      </Stack>
    </Box>
  );
}

/** How near to its end a view counts as being there, px. */
const NEAR = 80;

/** Stays at the end while somebody is there, and on what they read while they are not. */
function useEnd(bubbles: Bubble[]) {
  const view = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const fromEnd = useRef(0);
  const last = bubbles.at(-1)?.id;
  const first = bubbles[0]?.id;
  const toEnd = useCallback(() => {
    const element = view.current;
    if (element !== null) {
      element.scrollTop = element.scrollHeight;
    }
  }, []);
  useEffect(() => {
    const element = view.current;
    const note = (): void => {
      if (element !== null) {
        fromEnd.current = element.scrollHeight - element.scrollTop;
        isAtEnd.current = fromEnd.current - element.clientHeight < NEAR;
      }
    };
    element?.addEventListener('scroll', note, { passive: true });
    return () => element?.removeEventListener('scroll', note);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what came last is the reason to go there
  useLayoutEffect(() => {
    if (isAtEnd.current) {
      toEnd();
    }
  }, [last, toEnd]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what came above is the reason to stay
  useLayoutEffect(() => {
    const element = view.current;
    if (element !== null && !isAtEnd.current) {
      element.scrollTop = element.scrollHeight - fromEnd.current;
    }
  }, [first]);
  return view;
}
