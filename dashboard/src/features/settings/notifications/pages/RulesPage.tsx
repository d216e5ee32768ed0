// The rules of the workspace. Which one is being edited stands in the address, so that it can be sent to somebody.

import { Button, Stack, Text } from '@mantine/core';
import { IconBellPlus, IconBellRinging, IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link, type LinkProps, useNavigate } from '@tanstack/react-router';
import { useMay } from '@/session/me';
import { EmptyState } from '@/ui/EmptyState';
import { Page } from '@/ui/Page';
import { RuleCard } from '../components/RuleCard';
import { RuleEditor } from '../components/RuleEditor';
import { rulesQuery } from '../queries';
import { useRuleTexts } from '../text';

const route = getRouteApi('/workspace/settings/notifications');
/** In the place of a rule's id: the one that is being made. */
const NEW = 'new';

export function RulesPage() {
  const t = useRuleTexts();
  const navigate = useNavigate();
  const mayWrite = useMay('workspace.write');
  const { data: rules } = useSuspenseQuery({ ...rulesQuery, select: ({ data }) => data });
  const { rule: open } = route.useSearch();
  const edited = rules.find(({ id }) => id === open);
  const edit = (rule?: string): void => void navigate({ to: '.', search: rule === undefined ? {} : { rule } });
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => edit(NEW)}>
      {t('newRule')}
    </Button>
  );
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconBellRinging size={16} aria-hidden />}
            renderRoot={(props) => <Link to={'/notifications' as LinkProps['to']} {...props} />}
          >
            {t('feed')}
          </Button>
          {mayWrite && make}
        </>
      }
    >
      {!mayWrite && (
        <Text size="sm" c="dimmed">
          {t('readOnly')}
        </Text>
      )}
      {rules.length === 0 ? (
        <EmptyState icon={IconBellPlus} title={t('emptyTitle')} action={mayWrite ? make : undefined}>
          {t('emptyText')}
        </EmptyState>
      ) : (
        <Stack component="ul" gap="sm" p={0} m={0} maw={860}>
          {rules.map((rule) => (
            <RuleCard key={rule.id} rule={rule} isLocked={!mayWrite} onEdit={() => edit(rule.id)} />
          ))}
        </Stack>
      )}
      <RuleEditor rule={edited} isOpen={mayWrite && (open === NEW || edited !== undefined)} onClose={() => edit()} />
    </Page>
  );
}
