// Where a text is written. What was written and not sent is kept while the page is open, thread by thread.

import { ActionIcon, Box, Group, Text, Textarea } from '@mantine/core';
import { IconSend2 } from '@tabler/icons-react';
import { useState } from 'react';
import { useMe } from '@/session/me';
import { toastFailed } from '@/ui/toast';
import { sendText } from '../queries';
import { useMessageTexts } from '../text';
import { partsOf, type ThreadKey } from '../thread';

/** What the server takes. */
const MOST_LETTERS = 1_600;
/** From here on it is worth saying how long it is. */
const WORTH_SAYING = 120;

const drafts = new Map<string, string>();

export function Composer({ thread, number }: { thread: ThreadKey; number: string }) {
  const t = useMessageTexts();
  const me = useMe();
  const key = `${number} ${thread.own ?? ''}`;
  const [text, setText] = useState(drafts.get(key) ?? '');
  const write = (next: string): void => {
    setText(next);
    drafts.set(key, next);
  };
  const { letters, parts } = partsOf(text);

  const send = (): void => {
    const said = text.trim();
    if (said === '') {
      return;
    }
    write('');
    sendText({ to: number, from: thread.own, text: said }, me.user.full_name).catch((error: unknown) => {
      // Nothing is lost: it can be sent again.
      write(said);
      toastFailed(error);
    });
  };

  return (
    <Box p="sm" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <Textarea
          aria-label={t('write')}
          placeholder={t('write')}
          value={text}
          autosize
          minRows={1}
          maxRows={8}
          maxLength={MOST_LETTERS}
          style={{ flex: 1 }}
          onChange={({ currentTarget }) => write(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              send();
            }
          }}
        />
        <ActionIcon
          variant="filled"
          color="ink"
          size={36}
          aria-label={t('send')}
          disabled={text.trim() === ''}
          onClick={send}
        >
          <IconSend2 size={18} />
        </ActionIcon>
      </Group>
      <Group justify="space-between" mt={4} mih={18}>
        <Text size="xs" c="dimmed" visibleFrom="sm">
          {t('sendHint')}
        </Text>
        {letters > WORTH_SAYING && (
          <Text size="xs" c="dimmed">
            {t('letters', { count: letters })} · {t('partsOf', { count: parts })}
          </Text>
        )}
      </Group>
    </Box>
  );
}
