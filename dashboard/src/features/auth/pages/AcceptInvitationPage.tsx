// Who opens the link of an invitation is one of four: somebody new, somebody with an account who is not signed in, the
// invited person signed in, or somebody else signed in on the same machine. Each is told what it is about first.

import { Button, Center, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, forgetSession } from '@/api/client';
import { ApiError } from '@/api/errors';
import type { OfferView } from '@/api/schema.gen';
import { type Me, meQuery, signOut, switchTo } from '@/session/me';
import { useRoleTexts } from '@/session/roles';
import { explain } from '@/ui/Failure';
import { FormFailure } from '@/ui/FormFailure';
import { toastFailed } from '@/ui/toast';
import { AuthCard } from '../components/AuthCard';
import { forgetInvitation, useInvitationToken } from '../components/invitationToken';
import { JoinForm } from '../components/JoinForm';
import { useAuthTexts } from '../text';

export function AcceptInvitationPage() {
  const t = useAuthTexts();
  const roles = useRoleTexts();
  const token = useInvitationToken();
  const offer = useQuery({
    queryKey: ['invitation', token],
    queryFn: async () => (await api.POST('/api/v1/invitations/look', { body: { token: token ?? '' } })).data ?? null,
    enabled: token !== undefined,
    retry: false,
  });
  const me = useQuery(meQuery);

  if (token === undefined || offer.error !== null) {
    const isBad = token === undefined || (offer.error instanceof ApiError && offer.error.code === 'invalid_link');
    return (
      <AuthCard title={t('invitationTitle')}>
        <FormFailure>{isBad ? t('badInvitation') : explain(offer.error)}</FormFailure>
      </AuthCard>
    );
  }
  if (!offer.data || me.isPending) {
    return (
      <AuthCard title={t('invitationTitle')}>
        <Center p="lg">
          <Loader aria-label={t('verifying')} />
        </Center>
      </AuthCard>
    );
  }
  const { company_name, email, role } = offer.data;
  return (
    <AuthCard
      title={t('invitation', { company: company_name })}
      about={
        <>
          {t('invitedTo', { email })} {t('invitedAs', { role: roles(role) })} {roles(`${role}About`)}.
        </>
      }
    >
      <Way token={token} offer={offer.data} me={me.data} />
    </AuthCard>
  );
}

function Way({ token, offer, me }: { token: string; offer: OfferView; me: Me | undefined }) {
  const t = useAuthTexts();
  if (me !== undefined) {
    return me.user.email === offer.email ? <Join token={token} /> : <WrongAccount email={me.user.email} />;
  }
  if (offer.has_account) {
    return (
      <Button
        fullWidth
        renderRoot={(props) => <Link to="/sign-in" search={{ return_to: '/accept-invitation' }} {...props} />}
      >
        {t('signInToJoin')}
      </Button>
    );
  }
  return <JoinForm token={token} email={offer.email} />;
}

/** With the account that is signed in. */
function Join({ token }: { token: string }) {
  const t = useAuthTexts();
  const navigate = useNavigate();
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const join = async (): Promise<void> => {
    setBusy(true);
    try {
      const { data } = await api.POST('/api/v1/invitations/accept', { body: { token } });
      forgetInvitation();
      if (data !== undefined && 'tenant_id' in data) {
        await switchTo(data.tenant_id);
      }
      await navigate({ to: '/' });
    } catch (error) {
      setFailure(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack>
      <FormFailure>{failure}</FormFailure>
      <Button loading={isBusy} onClick={() => void join()}>
        {t('join')}
      </Button>
    </Stack>
  );
}

function WrongAccount({ email }: { email: string }) {
  const t = useAuthTexts();
  const leave = async (): Promise<void> => {
    try {
      await signOut();
      forgetSession();
      // Everything of the person before is gone from memory; the page asks again who is there.
      location.reload();
    } catch (error) {
      toastFailed(error);
    }
  };
  return (
    <Stack>
      <Text size="sm">{t('wrongAccount', { email })}</Text>
      <Button variant="default" onClick={() => void leave()}>
        {t('signOutFirst')}
      </Button>
    </Stack>
  );
}
