// The first page: how today goes, who waits, and whether everything still arrives.

import { Grid, Stack } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { weekday } from '@/lib/format';
import { TryIt } from '@/sandbox/TryIt';
import { Page } from '@/ui/Page';
import { FirstSteps } from '../components/FirstSteps';
import { Health } from '../components/Health';
import { Hours } from '../components/Hours';
import { Outcomes } from '../components/Outcomes';
import { LiveNow, ToCallBack } from '../components/People';
import { Recent } from '../components/Recent';
import { Tiles } from '../components/Tiles';
import { overviewQuery } from '../queries';
import { useOverviewTexts } from '../text';

export function OverviewPage() {
  const t = useOverviewTexts();
  const { data: overview } = useSuspenseQuery(overviewQuery);
  if (overview.recent.length === 0) {
    return (
      <Page title={t('title')}>
        <FirstSteps connections={overview.connections} />
        <TryIt />
      </Page>
    );
  }
  return (
    <Page title={t('title')} about={t('about', { weekday: weekday(overview.last_week.from) })}>
      <Tiles overview={overview} />
      <Grid gap={{ base: 'xs', sm: 'md' }}>
        <Grid.Col span={{ base: 12, md: 8 }} order={{ base: 2, md: 1 }}>
          <Stack gap="md">
            <Hours hours={overview.hours} />
            <Recent recent={overview.recent} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }} order={{ base: 1, md: 2 }}>
          <Stack gap="md">
            <LiveNow overview={overview} />
            <ToCallBack people={overview.not_returned} />
            <Outcomes overview={overview} />
            <Health connections={overview.connections} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
