import { Button, Stack, Text } from '@mantine/core';
import { switchTo, useMe } from '@/session/me';
import { toastFailed } from '@/ui/toast';
import { useAuthTexts } from '../text';

/** The workspaces where somebody can work, besides the one that they cannot. */
export function OtherWorkspaces() {
  const t = useAuthTexts();
  const me = useMe();
  const others = me.memberships.filter(
    ({ tenant_id, status }) => tenant_id !== me.tenant?.tenant_id && status === 'active',
  );
  if (others.length === 0) {
    return null;
  }
  const go = async (tenantId: string): Promise<void> => {
    try {
      await switchTo(tenantId);
    } catch (failure) {
      toastFailed(failure);
    }
  };
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {t('otherWorkspaces')}
      </Text>
      {others.map(({ tenant_id, company_name }) => (
        <Button key={tenant_id} variant="default" onClick={() => void go(tenant_id)}>
          {company_name}
        </Button>
      ))}
    </Stack>
  );
}
