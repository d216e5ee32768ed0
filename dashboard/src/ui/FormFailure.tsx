import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';

/** Why a form was not taken, above its button. Nothing while there is nothing to say. */
export function FormFailure({ children }: { children: string | undefined }) {
  if (children === undefined) {
    return null;
  }
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} role="alert" p="xs">
      {children}
    </Alert>
  );
}
