// One call with all that hangs on it.

import { Anchor, Grid, Paper, Stack } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { who } from '@/lib/format';
import { Page } from '@/ui/Page';
import { AnalysisPanel } from '../components/AnalysisPanel';
import { CallActions } from '../components/CallActions';
import { CallBadges, CallFacts } from '../components/CallHead';
import { InsightsPanel } from '../components/InsightsPanel';
import { NotesPanel } from '../components/NotesPanel';
import { ContactPanel, EventsPanel, TextsPanel, VoicemailPanel } from '../components/SidePanels';
import { SoundPanel } from '../components/SoundPanel';
import { SummaryPanel } from '../components/SummaryPanel';
import { TagsPanel } from '../components/TagsPanel';
import { TimelinePanel } from '../components/TimelinePanel';
import { sides } from '../outcome';
import { type CallDetail, callQuery } from '../queries';
import { useCallTexts } from '../text';

const route = getRouteApi('/workspace/calls/$id');

/** Something was said, or may still be: a call that nobody took has neither words nor audio to wait for. */
function hasTalk(call: CallDetail): boolean {
  const isRecorded = call.recordings.some(({ kind }) => kind !== 'voicemail');
  return call.answered_at != null || isRecorded || call.transcript != null || call.summary != null;
}

export function CallPage() {
  const t = useCallTexts();
  const { id } = route.useParams();
  const { data: call } = useSuspenseQuery(callQuery(id));
  const name = who(call.contact_name, sides(call).theirs) ?? t('somebody');
  const isTalk = hasTalk(call);
  return (
    <Page
      title={t('callWith', { who: name })}
      about={<CallBadges call={call} />}
      above={
        <Anchor size="sm" c="dimmed" renderRoot={(props) => <Link to="/calls" {...props} />}>
          <IconArrowLeft size={14} style={{ verticalAlign: '-2px' }} aria-hidden /> {t('back')}
        </Anchor>
      }
      actions={<CallActions call={call} />}
    >
      <Paper p="md">
        <CallFacts call={call} />
      </Paper>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Stack gap="md">
            <VoicemailPanel call={call} />
            {isTalk ? (
              <>
                <SummaryPanel call={call} />
                <AnalysisPanel callId={call.id} hasTranscript={call.transcript != null} />
                {call.transcript != null && <InsightsPanel callId={call.id} />}
                <SoundPanel key={call.id} call={call} />
              </>
            ) : (
              <TimelinePanel call={call} />
            )}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <Stack gap="md">
            <NotesPanel call={call} />
            <TagsPanel call={call} />
            <ContactPanel call={call} />
            <TextsPanel call={call} />
            {isTalk && <TimelinePanel call={call} />}
            <EventsPanel call={call} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
