import { Button, type ButtonProps } from '@mantine/core';
import { IconLogin2 } from '@tabler/icons-react';
import { useState } from 'react';
import { toastFailed } from '@/ui/toast';
import { type ConnectionDetail, signIn } from '../queries';
import { useConnectionTexts } from '../text';

interface SignInButtonProps {
  connection: ConnectionDetail;
  name: string;
  size?: ButtonProps['size'];
}

/** The credential that a sign-in leaves behind. */
const TOKEN = 'oauth_access_token';

export function isSignedIn(connection: ConnectionDetail): boolean {
  return connection.credentials.some(({ name }) => name === TOKEN);
}

/** Leaves for the provider's own page, where the person says yes. */
export function SignInButton({ connection, name, size }: SignInButtonProps) {
  const t = useConnectionTexts();
  const [isBusy, setBusy] = useState(false);
  const leave = async (): Promise<void> => {
    setBusy(true);
    try {
      await signIn(connection.id);
    } catch (error) {
      setBusy(false);
      toastFailed(error);
    }
  };
  return (
    <Button
      size={size}
      variant="light"
      leftSection={<IconLogin2 size={16} aria-hidden />}
      loading={isBusy}
      onClick={() => void leave()}
    >
      {isSignedIn(connection) ? t('signInAgain') : t('signIn', { name })}
    </Button>
  );
}
