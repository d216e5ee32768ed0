// What is wrong with rows of a file, by their lines.

import { Anchor, Group, Paper, ScrollArea, Stack, Table, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { errorsQuery, type Import, type ImportLineError } from '../queries';
import { useImportTexts } from '../text';
import { wrongOf } from '../wrong';

export function RowErrors({ found }: { found: Import }) {
  const t = useImportTexts();
  const errors = (useQuery(errorsQuery(found.id)).data as { data: ImportLineError[] } | undefined)?.data ?? [];
  return (
    <Stack gap="xs">
      <Group justify="space-between" align="flex-end">
        <Title order={2}>{t('errors')}</Title>
        <Anchor size="sm" href={`/api/v1/imports/${found.id}/errors?format=csv`} download>
          <Group gap={4}>
            <IconDownload size={14} aria-hidden />
            {t('download')}
          </Group>
        </Anchor>
      </Group>
      <Text size="sm" c="dimmed">
        {t('errorsHint')} {errors.length < found.failed && t('errorsMore', { count: errors.length })}
      </Text>
      <Paper>
        <ScrollArea.Autosize mah={420} type="auto" viewportProps={{ tabIndex: 0 }}>
          <Table stickyHeader verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={90} ta="right">
                  {t('line')}
                </Table.Th>
                <Table.Th w={170}>{t('column')}</Table.Th>
                <Table.Th>{t('why')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {errors.map((error) => (
                <Table.Tr key={error.line}>
                  <Table.Td ta="right">{error.line}</Table.Td>
                  <Table.Td>{error.column ?? '–'}</Table.Td>
                  <Table.Td>{wrongOf(t, error)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      </Paper>
    </Stack>
  );
}
