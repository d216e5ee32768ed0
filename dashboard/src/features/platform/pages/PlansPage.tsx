import { Badge, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Plan } from '@/api/schema.gen';
import { count, money } from '@/lib/format';
import { Page } from '@/ui/Page';
import { PlanDialog } from '../components/PlanDialog';
import { plansQuery } from '../queries';
import { usePlatformTexts } from '../text';

export function PlansPage() {
  const t = usePlatformTexts();
  const plans = useSuspenseQuery(plansQuery).data.data;
  const [edited, setEdited] = useState<Plan | null>();
  return (
    <Page
      title={t('plans')}
      about={t('plansAbout')}
      actions={
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEdited(null)}>
          {t('newPlan')}
        </Button>
      }
    >
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {plans.map((plan) => (
          <PlanCard key={plan.id} plan={plan} onEdit={() => setEdited(plan)} />
        ))}
      </SimpleGrid>
      <PlanDialog
        plan={edited}
        nextPosition={Math.max(0, ...plans.map(({ position }) => position)) + 1}
        onClose={() => setEdited(undefined)}
      />
    </Page>
  );
}

function PlanCard({ plan, onEdit }: { plan: Plan; onEdit: () => void }) {
  const t = usePlatformTexts();
  const { limits } = plan;
  const lines: [string, number | null | undefined][] = [
    [t('minutes'), limits.minutes],
    [t('months'), limits.retention_months],
    [t('requests'), limits.requests_per_hour],
  ];
  return (
    <Card withBorder padding="lg">
      <Stack h="100%" justify="space-between">
        <Stack gap="xs">
          <Group justify="space-between" wrap="nowrap">
            <Title order={2} style={{ overflowWrap: 'anywhere' }}>
              {plan.name}
            </Title>
            <Badge color={plan.is_offered ? 'teal' : 'gray'} style={{ flexShrink: 0 }}>
              {plan.is_offered ? t('offered') : t('notOffered')}
            </Badge>
          </Group>
          <Text fw={600}>{money(plan.price_cents, plan.currency)}</Text>
          {lines.map(([label, value]) => (
            <Group key={label} justify="space-between" gap="xs">
              <Text size="sm" c="dimmed">
                {label}
              </Text>
              <Text size="sm">{value == null ? t('unlimited') : count(value)}</Text>
            </Group>
          ))}
          <Text size="sm" c="dimmed">
            {t('pastLimit')}: {t(plan.past_limit)}
          </Text>
        </Stack>
        <Button variant="default" aria-label={t('editPlan', { name: plan.name })} onClick={onEdit}>
          {t('edit')}
        </Button>
      </Stack>
    </Card>
  );
}
