import { Button, Menu } from '@mantine/core';
import { IconFileExport } from '@tabler/icons-react';
import { useCallTexts } from '../text';

const FORMS = [
  ['txt', 'exportTxt'],
  ['vtt', 'exportVtt'],
  ['json', 'exportJson'],
] as const;

export function TranscriptExport({ callId }: { callId: string }) {
  const t = useCallTexts();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<IconFileExport size={15} />}
          title={t('exportTranscript')}
        >
          {t('export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMS.map(([form, word]) => (
          <Menu.Item key={form} component="a" href={`/api/v1/calls/${callId}/transcript?format=${form}`} download>
            {t(word)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
