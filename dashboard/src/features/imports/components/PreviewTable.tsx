// The first rows of a file as they would be taken in, with what is wrong where something is.

import { Paper, ScrollArea, Stack, Table, Text, Title } from '@mantine/core';
import { fullTime } from '@/lib/format';
import type { ImportPreview } from '../queries';
import { useImportTexts } from '../text';
import { wrongOf } from '../wrong';

type Row = ImportPreview['rows'][number];
type Texts = ReturnType<typeof useImportTexts>;

/** A record's members: ours, or those of Grandstream's own records. */
const OURS = ['started_at', 'direction', 'from', 'to', 'outcome', 'agent'] as const;
const UCM = ['start', 'userfield', 'src', 'dst', 'disposition', 'dstanswer'] as const;

export function PreviewTable({ preview }: { preview: ImportPreview }) {
  const t = useImportTexts();
  const isUcm = preview.plan?.format === 'ucm';
  return (
    <Stack gap="xs">
      <Title order={2}>{t('preview')}</Title>
      {preview.plan == null ? (
        <Text size="sm" c="dimmed">
          {t('previewNone')}
        </Text>
      ) : (
        <>
          {isUcm && (
            <Text size="sm" c="dimmed">
              {t('ofClock')}
            </Text>
          )}
          <Paper>
            <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }}>
              <Table verticalSpacing="xs" miw={640}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th ta="right">{t('line')}</Table.Th>
                    <Table.Th>{t('start')}</Table.Th>
                    <Table.Th>{t('direction')}</Table.Th>
                    <Table.Th>{t('from')}</Table.Th>
                    <Table.Th>{t('to')}</Table.Th>
                    <Table.Th>{t('outcome')}</Table.Th>
                    <Table.Th>{t('agent')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>{preview.rows.flatMap((row) => rowsOf(row, isUcm ? UCM : OURS, t))}</Table.Tbody>
              </Table>
            </ScrollArea>
          </Paper>
        </>
      )}
    </Stack>
  );
}

function rowsOf(row: Row, members: readonly string[], t: Texts) {
  if (row.error != null || row.records.length === 0) {
    return [
      <Table.Tr key={row.line}>
        <Table.Td ta="right">{row.line}</Table.Td>
        <Table.Td colSpan={6} c={row.error == null ? 'dimmed' : 'red'}>
          {row.error == null ? t('noCall') : [row.error.column, wrongOf(t, row.error)].filter(Boolean).join(': ')}
        </Table.Td>
      </Table.Tr>,
    ];
  }
  return row.records.map((record, i) => (
    // A row's records stay in their order.
    // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
    <Table.Tr key={`${row.line}/${i}`}>
      <Table.Td ta="right">{row.line}</Table.Td>
      {members.map((member) => (
        <Table.Td key={member}>{shown(t, member, (record as Record<string, unknown>)[member])}</Table.Td>
      ))}
    </Table.Tr>
  ));
}

/** What our own records say in words, which are those of the screen's language. */
const WORDS = [
  'inbound',
  'outbound',
  'internal',
  'answered',
  'no_answer',
  'busy',
  'failed',
  'congestion',
  'voicemail',
  'machine',
] as const;

function shown(t: Texts, member: string, value: unknown): string {
  if (value === undefined || value === null || value === '') {
    return '–';
  }
  const word = member === 'direction' || member === 'outcome' ? WORDS.find((known) => known === value) : undefined;
  if (word !== undefined) {
    return t(`word_${word}` as const);
  }
  return member === 'started_at' ? fullTime(String(value)) : String(value);
}
