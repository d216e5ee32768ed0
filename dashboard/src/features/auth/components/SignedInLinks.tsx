import { Anchor, Group } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { signOut, useMe } from '@/session/me';
import { toastFailed } from '@/ui/toast';
import { useAuthTexts } from '../text';

/** The ways on for somebody who is signed in and has nowhere to be. */
export function SignedInLinks() {
  const t = useAuthTexts();
  const me = useMe();
  const navigate = useNavigate();
  const leave = async (): Promise<void> => {
    try {
      await signOut();
      await navigate({ to: '/sign-in' });
    } catch (error) {
      toastFailed(error);
    }
  };
  return (
    <Group justify="center">
      {me.user.is_platform_admin && (
        <Anchor renderRoot={(props) => <Link to="/platform/tenants" {...props} />}>{t('toPlatform')}</Anchor>
      )}
      <Anchor component="button" type="button" onClick={() => void leave()}>
        {t('signOut')}
      </Anchor>
    </Group>
  );
}
