import { Anchor, Button, Input, PinInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '@/api/client';
import { ApiError } from '@/api/errors';
import { useFragment } from '@/lib/fragment';
import { FormFailure } from '@/ui/FormFailure';
import { useFormFailure } from '@/ui/formFaults';
import { AuthCard } from '../components/AuthCard';
import { useArrival } from '../components/useArrival';
import { useAuthTexts } from '../text';

const route = getRouteApi('/visitor/sign-in/second-factor');
const DIGITS = 6;

export function SecondFactorPage() {
  const t = useAuthTexts();
  const arrive = useArrival();
  const { return_to } = route.useSearch();
  const challenge = useFragment('challenge');
  const [isRecovery, setRecovery] = useState(false);
  const [isOver, setOver] = useState(challenge === undefined);
  const form = useForm({ initialValues: { code: '' } });
  const { failure, attempt } = useFormFailure(form, (error) => {
    if (!(error instanceof ApiError)) {
      return undefined;
    }
    // A wrong code names its field; without one it is the whole sign-in that is unknown by now.
    const isWrong = 'code' in error.fields;
    setOver(error.problem.status === 401 && !isWrong);
    form.setFieldValue('code', '');
    return isWrong ? t('wrongCode') : undefined;
  });

  const send = (code: string): Promise<boolean> =>
    attempt(async () => {
      const body = { challenge: challenge ?? '', code, session: 'cookie' as const };
      await api.POST('/api/v1/auth/second-factor', { body });
      await arrive(return_to);
    });

  if (isOver) {
    return (
      <AuthCard title={t('secondFactor')} about={t('challengeOver')}>
        <Button fullWidth renderRoot={(props) => <Link to="/sign-in" search={{ return_to }} {...props} />}>
          {t('beginAgain')}
        </Button>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t('secondFactor')} about={isRecovery ? t('recoveryAbout') : t('codeAbout')}>
      <form onSubmit={form.onSubmit(({ code }) => send(code))}>
        <Stack>
          {isRecovery ? (
            <TextInput
              label={t('recoveryCode')}
              autoComplete="off"
              autoFocus
              required
              {...form.getInputProps('code')}
            />
          ) : (
            <Input.Wrapper label={t('code')} labelElement="div">
              <PinInput
                length={DIGITS}
                type="number"
                oneTimeCode
                autoFocus
                mt={4}
                aria-label={t('code')}
                getInputProps={(index) => ({ 'aria-label': `${t('code')} ${index + 1}/${DIGITS}` })}
                disabled={form.submitting}
                onComplete={(code) => void send(code)}
                {...form.getInputProps('code')}
              />
            </Input.Wrapper>
          )}
          <FormFailure>{failure}</FormFailure>
          <Button type="submit" loading={form.submitting} disabled={!isRecovery && form.values.code.length < DIGITS}>
            {t('signIn')}
          </Button>
          <Text size="sm" ta="center">
            <Anchor
              component="button"
              type="button"
              onClick={() => {
                form.reset();
                setRecovery(!isRecovery);
              }}
            >
              {isRecovery ? t('useCode') : t('useRecovery')}
            </Anchor>
          </Text>
        </Stack>
      </form>
    </AuthCard>
  );
}
