// What came of a sign-in at the provider, for who has just come back from there.

import { Alert } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useCommon } from '@/i18n/common';
import { useConnectionTexts } from '../text';

const route = getRouteApi('/workspace/connections/$id');

const WORDS = {
  done: 'signInDone',
  declined: 'signInDeclined',
  other_company: 'signInOther',
  failed: 'signInFailed',
} as const;

export function SignInResult({ name }: { name: string }) {
  const t = useConnectionTexts();
  const common = useCommon();
  const { sign_in: result } = route.useSearch();
  const navigate = route.useNavigate();
  if (result === undefined || !(result in WORDS)) {
    return null;
  }
  return (
    <Alert
      color={result === 'done' ? 'teal' : 'orange'}
      withCloseButton
      closeButtonLabel={common('close')}
      onClose={() => void navigate({ search: {}, replace: true })}
      role="status"
    >
      {t(WORDS[result as keyof typeof WORDS], { name })}
    </Alert>
  );
}
