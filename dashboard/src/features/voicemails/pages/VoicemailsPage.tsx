// Voicemails, newest first; the one that is open beside them.

import { Box, Group, SegmentedControl, Stack } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconFilterOff, IconMailOpened, IconRecordMail } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { RowList } from '@/ui/RowList';
import { SearchInput } from '@/ui/SearchInput';
import { ExportButton } from '@/ui/views/ExportButton';
import { CompactVoicemail, columnsOf } from '../components/columns';
import { VoicemailPanel } from '../components/VoicemailPanel';
import { heardOf, STATES, type State, useVoicemails } from '../queries';
import { useVoicemailTexts } from '../text';

const route = getRouteApi('/workspace/voicemails');

export function VoicemailsPage() {
  const t = useVoicemailTexts();
  const { id, q, ...search } = route.useSearch();
  const state: State = STATES.find((each) => each === search.state) ?? 'all';
  const navigate = useNavigate();
  const voicemails = useVoicemails(state, q);
  const isPhone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const show = (next: { id?: string; state?: State; q?: string }, replace = false): void => {
    const chosen = next.state ?? state;
    void navigate({
      to: '/voicemails',
      search: { id: next.id, state: chosen === 'all' ? undefined : chosen, q: (next.q ?? q) || undefined },
      replace,
    });
  };
  const isOpen = id !== undefined;

  return (
    <Page
      title={t('title')}
      isFull
      actions={<ExportButton noun="voicemails" query={{ q, is_heard: heardOf(state) }} />}
    >
      <Box
        h="100%"
        style={{
          display: 'grid',
          gap: 'var(--mantine-spacing-md)',
          gridTemplateColumns: isPhone || !isOpen ? '1fr' : 'minmax(300px, 2fr) minmax(0, 3fr)',
        }}
      >
        {(!isPhone || !isOpen) && (
          <Stack miw={0} mih={0} gap="sm">
            <Group gap="xs">
              <SegmentedControl
                aria-label={t('state')}
                size="sm"
                data={STATES.map((value) => ({ value, label: t(value) }))}
                value={state}
                onChange={(next) => show({ id, state: STATES.find((each) => each === next) ?? 'all' }, true)}
              />
              <SearchInput
                value={q ?? ''}
                label={t('searchHint')}
                onSearch={(typed) => show({ id, q: typed }, true)}
                width={250}
              />
            </Group>
            <div style={{ flex: 1, minHeight: 0 }}>
              <RowList
                label={t('title')}
                rows={voicemails}
                columns={columnsOf(t, isOpen)}
                rowKey={(voicemail) => voicemail.id}
                currentKey={id}
                onOpen={(voicemail) => show({ id: voicemail.id }, isOpen)}
                compact={(voicemail) => <CompactVoicemail voicemail={voicemail} />}
                empty={<Empty state={state} isSearch={q !== undefined} />}
              />
            </div>
          </Stack>
        )}
        {isOpen && (
          <Box miw={0} mih={0}>
            <VoicemailPanel id={id} onClose={() => show({})} />
          </Box>
        )}
      </Box>
    </Page>
  );
}

function Empty({ state, isSearch }: { state: State; isSearch: boolean }) {
  const t = useVoicemailTexts();
  if (isSearch) {
    return (
      <EmptyState icon={IconFilterOff} title={t('noMatchTitle')}>
        {t('noMatchText')}
      </EmptyState>
    );
  }
  const [title, text] = {
    all: [t('noneTitle'), t('noneText')],
    new: [t('noneNewTitle'), t('noneNewText')],
    heard: [t('noneHeardTitle'), t('noneHeardText')],
  }[state] as [string, string];
  return (
    <EmptyState icon={state === 'new' ? IconMailOpened : IconRecordMail} title={title}>
      {text}
    </EmptyState>
  );
}
