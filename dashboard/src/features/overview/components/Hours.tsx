// The chart of the day, and the same as a table for who cannot see it.

import { Box, Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Overview } from '../queries';
import { useOverviewTexts } from '../text';
import { Section } from './Section';

const HourChart = lazy(() => import('./HourChart').then((module) => ({ default: module.HourChart })));

export function Hours({ hours }: { hours: Overview['hours'] }) {
  const t = useOverviewTexts();
  return (
    <Section title={t('hours')}>
      <Box aria-hidden h={220}>
        <Suspense fallback={<Skeleton h={220} />}>
          <HourChart hours={hours} />
        </Suspense>
      </Box>
      <div className="sr-only">
        <table>
          <caption>{t('hoursAlt')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('hour')}</th>
              <th scope="col">{t('today')}</th>
              <th scope="col">{t('weekAgo')}</th>
            </tr>
          </thead>
          <tbody>
            {hours.map(({ hour, today, last_week }) => (
              <tr key={hour}>
                <th scope="row">{hour}</th>
                <td>{today ?? '–'}</td>
                <td>{last_week}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
