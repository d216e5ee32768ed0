// The chat server: whether there is one, whether it is sent new calls, and what that may cost.

import { Anchor, Button, Group, NumberInput, Progress, Stack, Switch, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { count } from '@/lib/format';
import { Section } from '@/ui/Section';
import { toastDone, toastFailed } from '@/ui/toast';
import { type ChatAnalysis, changeChat, chatQuery } from './queries';
import { useAnalysisTexts } from './text';

export function ChatSection({ isLocked }: { isLocked: boolean }) {
  const t = useAnalysisTexts();
  const { data: chat } = useSuspenseQuery(chatQuery);
  return (
    <Section title={t('chat')} about={t('chatAbout')}>
      {chat.is_connected ? (
        <Text size="sm">{t('model', { model: chat.model ?? '' })}</Text>
      ) : (
        <Text size="sm" c="dimmed">
          {t('noServer')}{' '}
          <Anchor
            size="sm"
            underline="always"
            renderRoot={(props) => <Link to={'/connections' as LinkProps['to']} {...props} />}
          >
            {t('connect')}
          </Anchor>
        </Text>
      )}
      {(chat.is_connected || chat.used_requests > 0) && (
        <Controls key={chat.monthly_tokens} chat={chat} isLocked={isLocked} />
      )}
    </Section>
  );
}

function Controls({ chat, isLocked }: { chat: ChatAnalysis; isLocked: boolean }) {
  const t = useAnalysisTexts();
  const common = useCommon();
  const [tokens, setTokens] = useState(chat.monthly_tokens);
  const change = (body: Parameters<typeof changeChat>[0]): Promise<void> =>
    changeChat(body).then(() => toastDone(t('saved')), toastFailed);
  const share = chat.monthly_tokens === 0 ? 100 : (chat.used_tokens / chat.monthly_tokens) * 100;
  const words = t('used', {
    used: count(chat.used_tokens),
    limit: count(chat.monthly_tokens),
    requests: count(chat.used_requests),
  });
  return (
    <Stack gap="md">
      <Switch
        checked={chat.is_on}
        disabled={isLocked}
        label={t('sendNew')}
        description={t('sendNewAbout')}
        onChange={(event) => void change({ is_on: event.currentTarget.checked })}
      />
      <Group align="flex-end" gap="sm">
        <NumberInput
          label={t('limit')}
          description={t('limitAbout')}
          min={0}
          max={10_000_000_000}
          step={100_000}
          thousandSeparator=" "
          allowDecimal={false}
          allowNegative={false}
          readOnly={isLocked}
          value={tokens}
          onChange={(next) => setTokens(typeof next === 'number' ? next : 0)}
          maw={340}
        />
        {tokens !== chat.monthly_tokens && !isLocked && (
          <Button onClick={() => void change({ monthly_tokens: tokens })}>{common('save')}</Button>
        )}
      </Group>
      <div>
        <Text size="sm" c="dimmed" mb={4}>
          {words}
        </Text>
        <Progress
          value={Math.min(share, 100)}
          color={share >= 100 ? 'red' : share >= 80 ? 'yellow' : undefined}
          aria-label={words}
          maw={340}
        />
      </div>
    </Stack>
  );
}
