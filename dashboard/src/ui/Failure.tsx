// A failure in words: what happened, what to do, and the number that finds it in the server's log.

import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react';
import { ApiError, Unreachable } from '@/api/errors';
import { common, useCommon } from '@/i18n/common';
import { wordsOfProblem } from './failureText';

/** Any failure as one or two sentences. */
export function explain(error: unknown): string {
  if (error instanceof Unreachable) {
    return common('unreachable');
  }
  if (error instanceof ApiError) {
    const sentence = wordsOfProblem(error.problem);
    return error.retryAfterSeconds === undefined
      ? sentence
      : `${sentence} ${common('retryIn', { seconds: error.retryAfterSeconds })}`;
  }
  return error instanceof Error ? error.message : String(error);
}

interface FailureProps {
  error: unknown;
  onRetry?: () => void;
}

/** In the place of what could not be read. */
export function Failure({ error, onRetry }: FailureProps) {
  const t = useCommon();
  const requestId = error instanceof ApiError ? error.problem.request_id : '';
  return (
    <Alert
      color="red"
      icon={error instanceof Unreachable ? <IconPlugConnectedX /> : <IconAlertTriangle />}
      title={t('failedTitle')}
      role="alert"
    >
      <Stack gap="xs">
        <Text size="sm">{explain(error)}</Text>
        <Group gap="sm">
          {onRetry !== undefined && (
            <Button size="xs" variant="light" color="red" onClick={onRetry}>
              {t('retry')}
            </Button>
          )}
          {requestId !== '' && <Code>{t('requestId', { id: requestId })}</Code>}
        </Group>
      </Stack>
    </Alert>
  );
}
