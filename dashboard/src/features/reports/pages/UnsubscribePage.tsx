// Where the link at the foot of a report's mail leads. It asks before it does anything: mail scanners open links too.

import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { api } from '@/api/client';
import { AuthCard } from '@/features/auth/components/AuthCard';
import { useFragment } from '@/lib/fragment';
import { FormFailure } from '@/ui/FormFailure';
import { useUnsubscribeTexts } from '../unsubscribeText';

export function UnsubscribePage() {
  const t = useUnsubscribeTexts();
  const token = useFragment('token');
  const leave = useMutation({
    mutationFn: async (token: string) => {
      await api.POST('/api/v1/report-unsubscribes', { params: { query: { token } } });
    },
  });
  if (token === undefined || leave.isError) {
    return (
      <AuthCard title={t('title')} about={t('about')}>
        <FormFailure>{t('badLink')}</FormFailure>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t('title')} about={t('about')}>
      {leave.isSuccess ? (
        <Alert color="teal" icon={<IconCircleCheck />} role="status">
          {t('done')}
        </Alert>
      ) : (
        <Stack>
          <Text size="sm">{t('ask')}</Text>
          <Button loading={leave.isPending} onClick={() => leave.mutate(token)}>
            {t('stop')}
          </Button>
        </Stack>
      )}
    </AuthCard>
  );
}
