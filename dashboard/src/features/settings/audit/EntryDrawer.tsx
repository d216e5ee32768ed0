import { Code, Drawer, Stack, Table, Text } from '@mantine/core';
import type { AuditEntry } from '@/api/schema.gen';
import { useCommon } from '@/i18n/common';
import { CopyField } from '@/ui/Copy';
import { Labelled } from '@/ui/Labelled';
import { When } from '@/ui/Times';
import { useAuditTexts } from './text';
import { actionWords, nounWords } from './words';

/** One entry, with everything that is known of it. */
export function EntryDrawer({ entry, onClose }: { entry: AuditEntry | undefined; onClose: () => void }) {
  const t = useAuditTexts();
  const words = useCommon();
  return (
    <Drawer
      opened={entry !== undefined}
      onClose={onClose}
      position="right"
      size="md"
      title={entry && t('entry', { seq: entry.seq })}
      closeButtonProps={{ 'aria-label': words('close') }}
    >
      {entry && <Entry entry={entry} />}
    </Drawer>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const t = useAuditTexts();
  const details = Object.entries(entry.details as Record<string, unknown>);
  return (
    <Stack>
      <Labelled label={t('what')}>
        <Text size="sm">{actionWords(entry.action)}</Text>
        <Code w="fit-content">{entry.action}</Code>
      </Labelled>
      <Labelled label={t('when')}>
        <When at={entry.at} size="sm" />
      </Labelled>
      <Labelled label={t('who')}>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {entry.actor_name}
          {entry.on_behalf_of != null && ` · ${t('onBehalf', { name: entry.on_behalf_of })}`}
          {entry.address != null && ` · ${entry.address}`}
        </Text>
        {entry.actor_id != null && <CopyField value={entry.actor_id} label={t('id')} />}
      </Labelled>
      {entry.target_kind != null && (
        <Labelled label={t('target')}>
          <Text size="sm">{nounWords(entry.target_kind)}</Text>
          {entry.target_id != null && <CopyField value={entry.target_id} label={t('id')} />}
        </Labelled>
      )}
      <Labelled label={t('details')}>
        {details.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('noDetails')}
          </Text>
        ) : (
          <Table layout="fixed" verticalSpacing={4}>
            <Table.Tbody>
              {details.map(([name, value]) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row" fw={500} w="35%" style={{ overflowWrap: 'anywhere' }}>
                    {name}
                  </Table.Th>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    {typeof value === 'string' ? value : JSON.stringify(value)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Labelled>
      {entry.request_id != null && (
        <Labelled label={t('request')}>
          <CopyField value={entry.request_id} label={t('request')} />
        </Labelled>
      )}
      <Labelled label={t('hash')}>
        <CopyField value={entry.hash} label={t('hash')} />
      </Labelled>
      <Labelled label={t('previous')}>
        <CopyField value={entry.previous_hash} label={t('previous')} />
      </Labelled>
    </Stack>
  );
}
