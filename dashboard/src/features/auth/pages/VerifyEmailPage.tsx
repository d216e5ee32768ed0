import { Alert, Button, Center, Loader, Stack, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api } from '@/api/client';
import { queryClient } from '@/api/query';
import { useFragment } from '@/lib/fragment';
import { meQuery } from '@/session/me';
import { FormFailure } from '@/ui/FormFailure';
import { AuthCard } from '../components/AuthCard';
import { useAuthTexts } from '../text';

export function VerifyEmailPage() {
  const t = useAuthTexts();
  const token = useFragment('token');
  // The link works once. A query is asked once for its key, also when React draws the page twice.
  const { data, error, isLoading } = useQuery({
    queryKey: ['verify-email', token],
    queryFn: async () => (await api.POST('/api/v1/auth/verify-email', { body: { token: token ?? '' } })).data ?? null,
    enabled: token !== undefined,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    if (data) {
      void queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
    }
  }, [data]);
  return (
    <AuthCard title={t('verifyTitle')}>
      {isLoading && (
        <Center p="lg" role="status">
          <Loader aria-label={t('verifying')} />
        </Center>
      )}
      {data && (
        <Stack>
          <Alert color="teal" icon={<IconCircleCheck />} role="status">
            {t('verified', { email: data.email })}
          </Alert>
          <Button renderRoot={(props) => <Link to="/" {...props} />}>{t('goOn')}</Button>
        </Stack>
      )}
      {(error !== null || token === undefined) && (
        <Stack>
          <FormFailure>{t('badLink')}</FormFailure>
          <Text size="sm">{t('verifyFailed')}</Text>
          <Button renderRoot={(props) => <Link to="/settings/security" {...props} />}>{t('goOn')}</Button>
        </Stack>
      )}
    </AuthCard>
  );
}
