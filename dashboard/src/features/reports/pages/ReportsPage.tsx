// All reports, by the question that they answer.

import '../reports.css';
import { Button, Group, Paper, SimpleGrid, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconMailForward } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Page } from '@/ui/Page';
import { TargetsButton } from '../components/Targets';
import { ICONS, type Kind, QUESTIONS } from '../kinds';
import { useKindTexts } from '../kindsText';
import type { ReportSearch } from '../names';
import { useScheduleTexts } from '../scheduleText';
import { useReportTexts } from '../text';

const route = getRouteApi('/workspace/reports');

export function ReportsPage() {
  const t = useReportTexts();
  const schedule = useScheduleTexts();
  const kind = useKindTexts();
  const search = route.useSearch();
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <TargetsButton />
          <Button
            variant="default"
            leftSection={<IconMailForward size={16} aria-hidden />}
            renderRoot={(props) => <Link {...props} to="/reports/schedules" />}
          >
            {schedule('title')}
          </Button>
        </>
      }
    >
      <Stack gap="xl">
        {QUESTIONS.map(({ question, kinds }) => (
          <section key={question} aria-label={kind(question)}>
            <Title order={2} mb="sm">
              {kind(question)}
            </Title>
            <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="sm" verticalSpacing="sm">
              {kinds.map((each) => (
                <Card key={each} kind={each} search={search} />
              ))}
            </SimpleGrid>
          </section>
        ))}
      </Stack>
    </Page>
  );
}

function Card({ kind, search }: { kind: Kind; search: ReportSearch }) {
  const t = useKindTexts();
  const Glyph = ICONS[kind];
  return (
    <Paper
      p="md"
      className="report-card"
      renderRoot={(props) => <Link {...props} to="/reports/$kind" params={{ kind }} search={search} />}
    >
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <ThemeIcon size={36} variant="light" aria-hidden>
          <Glyph size={20} stroke={1.7} />
        </ThemeIcon>
        <div style={{ minWidth: 0 }}>
          <Text fw={600} size="sm">
            {t(kind)}
          </Text>
          <Text size="sm" c="dimmed">
            {t(`${kind}About`)}
          </Text>
        </div>
      </Group>
    </Paper>
  );
}
