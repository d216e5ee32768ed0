// What would come of a file, or came of it: numbers first, then what is wrong, row by row.

import { Group, Paper, ScrollArea, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { count } from '@/lib/format';
import type { ContactImport } from '../queries';
import { useContactTexts } from '../text';

export function ImportReport({ report, children }: { report: ContactImport; children: ReactNode }) {
  const t = useContactTexts();
  const isTrial = report.dry_run;
  const figures = [
    { value: report.created, words: isTrial ? t('willCreate') : t('didCreate'), color: 'teal' },
    { value: report.updated, words: isTrial ? t('willUpdate') : t('didUpdate'), color: 'ink' },
    { value: report.unchanged, words: t('unchanged'), color: undefined },
    { value: report.failed, words: isTrial ? t('leftOut') : t('wereLeftOut'), color: 'red' },
  ];
  const columns = report.columns.map((column) => t(`column_${column}` as const)).join(', ');
  return (
    <Stack gap="lg">
      <Stack gap={4}>
        <Title order={2}>{t('rowsRead', { count: report.rows })}</Title>
        <Text size="sm" c="dimmed">
          {t('columnsFound', { names: columns })}{' '}
          {report.ignored_columns.length > 0 && t('columnsIgnored', { names: report.ignored_columns.join(', ') })}
        </Text>
      </Stack>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {figures.map(({ value, words, color }) => (
          <Paper key={words} p="md">
            <Text fz={26} fw={600} c={value === 0 ? 'dimmed' : color}>
              {count(value)}
            </Text>
            <Text size="sm" c="dimmed">
              {words}
            </Text>
          </Paper>
        ))}
      </SimpleGrid>
      <Group justify="flex-end">{children}</Group>
      {report.errors.length > 0 && <Errors report={report} />}
    </Stack>
  );
}

type Wrong = ContactImport['errors'][number];

/** In the language of the screen where there are words for it, else the server's. */
function wrongOf(t: ReturnType<typeof useContactTexts>, { code, column, message }: Wrong): string {
  if (code === 'invalid' && (column === 'phone' || column === 'email')) {
    return column === 'phone' ? t('wrongPhone') : t('wrongEmail');
  }
  if (code === 'required') {
    return t('wrongNothing');
  }
  if (code === 'duplicate') {
    return t('wrongTwice');
  }
  return message;
}

function Errors({ report }: { report: ContactImport }) {
  const t = useContactTexts();
  return (
    <Stack gap="xs">
      <Title order={2}>{t('errors')}</Title>
      <Text size="sm" c="dimmed">
        {t('errorsHint')} {report.errors.length < report.failed && t('errorsMore', { count: report.errors.length })}
      </Text>
      <Paper>
        <ScrollArea.Autosize mah={420} type="auto" viewportProps={{ tabIndex: 0 }}>
          <Table stickyHeader verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={80} ta="right">
                  {t('row')}
                </Table.Th>
                <Table.Th w={140}>{t('column')}</Table.Th>
                <Table.Th>{t('wrong')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {report.errors.map((error) => (
                <Table.Tr key={error.row}>
                  <Table.Td ta="right">{error.row}</Table.Td>
                  <Table.Td>{error.column == null ? '–' : t(`column_${error.column}` as const)}</Table.Td>
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
