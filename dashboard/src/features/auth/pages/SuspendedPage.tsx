import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ApiError } from '@/api/errors';
import { useMe, workspaceQuery } from '@/session/me';
import { explain } from '@/ui/Failure';
import { AuthCard } from '../components/AuthCard';
import { OtherWorkspaces } from '../components/OtherWorkspaces';
import { SignedInLinks } from '../components/SignedInLinks';
import { useAuthTexts } from '../text';

export function SuspendedPage() {
  const t = useAuthTexts();
  const me = useMe();
  // The refusal has the reason in its words.
  const { error } = useQuery({ ...workspaceQuery, retry: false, staleTime: 0, refetchOnMount: 'always' });
  const workspace = me.tenant?.company_name ?? '';
  return (
    <AuthCard
      title={me.tenant?.status === 'deleted' ? t('closedTitle', { workspace }) : t('suspendedTitle', { workspace })}
      about={t('suspendedAbout')}
      below={<SignedInLinks />}
    >
      <Stack>
        <Text size="sm">{error instanceof ApiError ? explain(error) : t('askOperator')}</Text>
        <OtherWorkspaces />
      </Stack>
    </AuthCard>
  );
}
