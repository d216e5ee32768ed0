// Voicemails, newest first; the one that is open beside them.

import { Box, Button, SegmentedControl, Stack } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDownload, IconMailOpened, IconRecordMail } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { RowList } from '@/ui/RowList';
import { CompactVoicemail, columnsOf } from '../components/columns';
import { VoicemailPanel } from '../components/VoicemailPanel';
import { STATES, type State, useVoicemails } from '../queries';
import { useVoicemailTexts } from '../text';

const route = getRouteApi('/workspace/voicemails');

export function VoicemailsPage() {
  const t = useVoicemailTexts();
  const { id, ...search } = route.useSearch();
  const state: State = STATES.find((each) => each === search.state) ?? 'all';
  const navigate = useNavigate();
  const voicemails = useVoicemails(state);
  const mayExport = useMay('records.export');
  const isPhone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const show = (next: { id?: string; state?: State }, replace = false): void => {
    const chosen = next.state ?? state;
    void navigate({
      to: '/voicemails',
      search: { id: next.id, state: chosen === 'all' ? undefined : chosen },
      replace,
    });
  };
  const isOpen = id !== undefined;

  return (
    <Page
      title={t('title')}
      isFull
      actions={
        mayExport && (
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            component="a"
            href="/api/v1/voicemails/export"
            download
            visibleFrom="sm"
          >
            {t('exportCsv')}
          </Button>
        )
      }
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
            <SegmentedControl
              aria-label={t('state')}
              size="sm"
              data={STATES.map((value) => ({ value, label: t(value) }))}
              value={state}
              onChange={(next) => show({ id, state: STATES.find((each) => each === next) ?? 'all' }, true)}
              style={{ alignSelf: 'flex-start' }}
            />
            <div style={{ flex: 1, minHeight: 0 }}>
              <RowList
                label={t('title')}
                rows={voicemails}
                columns={columnsOf(t, state, isOpen)}
                rowKey={(voicemail) => voicemail.id}
                currentKey={id}
                onOpen={(voicemail) => show({ id: voicemail.id }, isOpen)}
                compact={(voicemail) => <CompactVoicemail voicemail={voicemail} state={state} />}
                empty={<Empty state={state} />}
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

function Empty({ state }: { state: State }) {
  const t = useVoicemailTexts();
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
