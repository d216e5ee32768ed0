import { SimpleGrid, Skeleton, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { Plan } from '@/api/schema.gen';
import { count, money } from '@/lib/format';
import { Labelled } from '@/ui/Labelled';
import { Page } from '@/ui/Page';
import { Section } from '@/ui/Section';
import { UsageBars } from '@/ui/UsageBars';
import { plansQuery, usageQuery } from './queries';
import { usePlanTexts } from './text';

const UsageYear = lazy(() => import('@/ui/UsageYear').then((module) => ({ default: module.UsageYear })));

export function PlanPage() {
  const t = usePlanTexts();
  const usage = useSuspenseQuery(usageQuery).data;
  const plans = useSuspenseQuery(plansQuery).data.data;
  const plan = plans.find(({ id }) => id === usage.plan);
  const isEmpty = usage.history.length === 0 && usage.current.every(({ used }) => used === 0);
  return (
    <Page title={t('title')}>
      <Section title={t('thisMonth')} about={t('thisMonthAbout')}>
        <UsageBars usage={usage} />
      </Section>
      <Section title={t('year')}>
        {isEmpty ? (
          <Text size="sm" c="dimmed">
            {t('noYear')}
          </Text>
        ) : (
          <Suspense fallback={<Skeleton height={292} />}>
            <UsageYear usage={usage} label={t('metric')} />
          </Suspense>
        )}
      </Section>
      {plan !== undefined && <YourPlan plan={plan} />}
    </Page>
  );
}

function YourPlan({ plan: { name, price_cents, currency, limits, past_limit } }: { plan: Plan }) {
  const t = usePlanTexts();
  const orNone = (value: number | null | undefined): string => (value == null ? t('unlimited') : count(value));
  return (
    <Section title={`${t('yourPlan')}: ${name}`} about={t('aMonth', { price: money(price_cents, currency) })}>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Labelled label={t('minutes')}>
          <Text>{orNone(limits.minutes)}</Text>
        </Labelled>
        <Labelled label={t('months')}>
          <Text>{orNone(limits.retention_months)}</Text>
        </Labelled>
        <Labelled label={t('requests')}>
          <Text>{orNone(limits.requests_per_hour)}</Text>
        </Labelled>
      </SimpleGrid>
      <Labelled label={t('pastLimit')}>
        <Text size="sm">
          {t(past_limit)} {t('keeps')}
        </Text>
      </Labelled>
      <Text size="sm" c="dimmed">
        {t('change')}
      </Text>
    </Section>
  );
}
