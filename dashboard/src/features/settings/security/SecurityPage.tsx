import { Alert } from '@mantine/core';
import { useMe } from '@/session/me';
import { Page } from '@/ui/Page';
import { Password } from './Password';
import { Profile } from './Profile';
import { SecondFactor } from './SecondFactor';
import { Sessions } from './Sessions';
import { useSecurityTexts } from './text';

export function SecurityPage() {
  const t = useSecurityTexts();
  const isOwn = useMe().impersonated_by == null;
  return (
    <Page title={t('title')}>
      <Profile />
      {isOwn ? (
        <>
          <Password />
          <SecondFactor />
        </>
      ) : (
        <Alert color="orange" maw={860}>
          {t('notYours')}
        </Alert>
      )}
      <Sessions />
    </Page>
  );
}
