// How far a file is that is being read, and a way to end it.

import { Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { percent } from '@/lib/format';
import { Confirm } from '@/ui/confirm';
import { toastDone } from '@/ui/toast';
import { cancel, type Import } from '../queries';
import { useImportTexts } from '../text';
import { StateBadge } from './StateBadge';

/** From 0 to 1. */
export function shareOf({ bytes_read, file_bytes }: Import): number {
  return file_bytes === 0 ? 0 : Math.min(1, bytes_read / file_bytes);
}

export function Running({ found }: { found: Import }) {
  const t = useImportTexts();
  const [isEnding, setIsEnding] = useState(false);
  const share = shareOf(found);
  return (
    <Paper p="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="sm" role="status">
            <StateBadge state={found.state} />
            <Text size="sm">
              {t('running', { percent: percent(share), rows: t('rows', { count: found.rows_read }) })}
            </Text>
          </Group>
          <Button variant="default" size="xs" onClick={() => setIsEnding(true)}>
            {t('stop')}
          </Button>
        </Group>
        <Progress value={share * 100} aria-label={t(`state_${found.state}` as const)} />
      </Stack>
      <Confirm
        title={t('stop')}
        deed={t('stop')}
        isOpen={isEnding}
        onClose={() => setIsEnding(false)}
        onConfirm={async () => {
          await cancel(found.id);
          toastDone(t('stopped'));
        }}
      >
        {t('stopAbout')}
      </Confirm>
    </Paper>
  );
}
