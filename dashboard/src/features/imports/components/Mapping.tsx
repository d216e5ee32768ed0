// What the columns of a file are, one by one. A field that was given to one column is taken from the other.

import { ScrollArea, Select, Stack, Table, Text, Title } from '@mantine/core';
import { FIELDS, type ImportPreview } from '../queries';
import { useImportTexts } from '../text';

interface MappingProps {
  columns: ImportPreview['columns'];
  mapping: Record<string, string>;
  onChange: (mapping: Record<string, string>) => void;
}

export function Mapping({ columns, mapping, onChange }: MappingProps) {
  const t = useImportTexts();
  const fields = FIELDS.map((value) => ({ value, label: t(`field_${value}` as const) }));
  const choose = (column: string, field: string | null): void => {
    const others = Object.entries(mapping).filter(([name, held]) => name !== column && held !== field);
    onChange(Object.fromEntries(field === null ? others : [...others, [column, field]]));
  };
  return (
    <Stack gap="xs">
      <Title order={3}>{t('columns')}</Title>
      <Text size="sm" c="dimmed">
        {t('columnsHint')}
      </Text>
      <ScrollArea.Autosize mah={380} type="auto" viewportProps={{ tabIndex: 0 }}>
        <Table stickyHeader verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('column')}</Table.Th>
              <Table.Th w="60%">{t('means')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {columns.map(({ name }) => (
              <Table.Tr key={name}>
                <Table.Td maw={160}>
                  <Text size="sm" truncate title={name}>
                    {name}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Select
                    size="xs"
                    aria-label={t('meansOf', { column: name })}
                    placeholder={t('nothing')}
                    data={fields}
                    value={mapping[name] ?? null}
                    onChange={(field) => choose(name, field)}
                    clearable
                    searchable
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
    </Stack>
  );
}
