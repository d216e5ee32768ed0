// Messages by contact: the threads at the left, what was written at the right. On a phone, one of the two.

import { Box, Button, Paper } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconMessage, IconMessages, IconPencilPlus, IconTable } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { NewMessage } from '../components/NewMessage';
import { ThreadList } from '../components/ThreadList';
import { ThreadPane } from '../components/ThreadPane';
import { useMessageTexts } from '../text';

const route = getRouteApi('/workspace/messages');

export function MessagesPage() {
  const t = useMessageTexts();
  const { unanswered, ...thread } = route.useSearch();
  const navigate = useNavigate();
  const mayWrite = useMay('records.write');
  const [isWriting, writing] = useDisclosure(false);
  const isPhone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const isOpen = thread.contact !== undefined || thread.number !== undefined;

  return (
    <Page
      title={t('title')}
      isFull
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconTable size={16} aria-hidden />}
            renderRoot={(props) => <Link to="/messages/all" {...props} />}
          >
            {t('allMessages')}
          </Button>
          {mayWrite && (
            <Button leftSection={<IconPencilPlus size={16} aria-hidden />} onClick={writing.open}>
              {t('newMessage')}
            </Button>
          )}
        </>
      }
    >
      <Box
        h="100%"
        style={{
          display: 'grid',
          gap: 'var(--mantine-spacing-md)',
          gridTemplateColumns: isPhone ? '1fr' : '340px 1fr',
        }}
      >
        {(!isPhone || !isOpen) && (
          <Box miw={0} mih={0}>
            <ThreadList current={thread} unanswered={unanswered === 'yes'} />
          </Box>
        )}
        {(!isPhone || isOpen) && (
          <Box miw={0} mih={0}>
            {isOpen ? (
              <ThreadPane thread={thread} onBack={() => void navigate({ to: '/messages', search: { unanswered } })} />
            ) : (
              <Paper h="100%">
                <EmptyState icon={unanswered === 'yes' ? IconMessages : IconMessage} title={t('chooseTitle')}>
                  {mayWrite && t('chooseText')}
                </EmptyState>
              </Paper>
            )}
          </Box>
        )}
      </Box>
      <NewMessage
        isOpen={isWriting}
        onClose={writing.close}
        onChosen={(chosen) => void navigate({ to: '/messages', search: { ...chosen, unanswered } })}
      />
    </Page>
  );
}
