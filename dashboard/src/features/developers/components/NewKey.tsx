// A key that was just made: shown this once, with what it is good for.

import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useCommon } from '@/i18n/common';
import { CopyField } from '@/ui/Copy';
import { CodeBlock } from '@/ui/code/CodeBlock';
import { useAppTexts } from '../appsText';

interface NewKeyProps {
  apiKey: string;
  /** Where the provider of the app's own connection delivers, for a new app. */
  hookUrl?: string;
  onDone: () => void;
}

export function NewKey({ apiKey, hookUrl, onDone }: NewKeyProps) {
  const t = useAppTexts();
  const words = useCommon();
  return (
    <Stack>
      <Alert icon={<IconKey size={18} />} color="yellow">
        {t('madeText')}
      </Alert>
      <CopyField value={apiKey} label={t('key')} />
      {hookUrl !== undefined && (
        <div>
          <Text size="sm" mb={4}>
            {t('hookUrl')}
          </Text>
          <CopyField value={hookUrl} label={t('hookUrl')} />
        </div>
      )}
      <div>
        <Text size="sm" mb={4}>
          {t('madeUse')}
        </Text>
        <CodeBlock
          label={t('madeUse')}
          code={`curl -H 'x-app-api-key: ${apiKey}' '${location.origin}/api/v1/calls?limit=5'`}
        />
      </div>
      <Group justify="flex-end">
        <Button onClick={onDone}>{words('done')}</Button>
      </Group>
    </Stack>
  );
}
