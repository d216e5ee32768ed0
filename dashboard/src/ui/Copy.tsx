// Copying, with a word that it happened. `CopyField` shows what is copied; `CopyIcon` stands beside something shown already.

import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useCommon } from '@/i18n/common';

export function CopyIcon({ value, label }: { value: string; label?: string }) {
  const t = useCommon();
  return (
    <CopyButton value={value} timeout={1_500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('copied') : (label ?? t('copy'))}>
          <ActionIcon size="sm" onClick={copy} aria-label={label ?? t('copy')} color={copied ? 'teal' : 'gray'}>
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

export function CopyField({ value, label }: { value: string; label?: string }) {
  return (
    <Group gap={4} wrap="nowrap" miw={0}>
      <Code style={{ overflowX: 'auto', whiteSpace: 'nowrap', minWidth: 0, flex: 1 }} tabIndex={0} px="sm" py={6}>
        {value}
      </Code>
      <CopyIcon value={value} label={label} />
    </Group>
  );
}
