// One operation of the API: closed it is a line, open it says everything.

import { Accordion, Badge, Code, Group, Stack, Table, Text, Title } from '@mantine/core';
import { CodeBlock } from '@/ui/code/CodeBlock';
import { useDocsTexts } from '../docsText';
import { curlOf, fieldsOf, kindOf, type Operation, type Parameter, refName, type Schema } from '../openapi';

const COLOURS: Record<string, string> = { GET: 'blue', POST: 'teal', PUT: 'yellow', PATCH: 'yellow', DELETE: 'red' };

interface OperationProps {
  operation: Operation;
  schemas: Record<string, Schema>;
}

export function OperationCard({ operation, schemas }: OperationProps) {
  return (
    <Accordion.Item value={operation.operationId}>
      <Accordion.Control>
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Badge color={COLOURS[operation.method] ?? 'gray'} w={68} style={{ flex: 'none' }}>
            {operation.method}
          </Badge>
          <div style={{ minWidth: 0 }}>
            <Text size="sm" ff="monospace" fw={550} style={{ overflowWrap: 'anywhere' }}>
              {operation.path}
            </Text>
            <Text size="sm" c="dimmed">
              <Prose text={operation.summary} />
            </Text>
          </div>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Details operation={operation} schemas={schemas} />
      </Accordion.Panel>
    </Accordion.Item>
  );
}

function Details({ operation, schemas }: OperationProps) {
  const t = useDocsTexts();
  return (
    <Stack gap="md">
      {operation.description !== '' && (
        <Text size="sm">
          <Prose text={operation.description} />
        </Text>
      )}
      <Text size="sm" c="dimmed">
        <Callers operation={operation} />
      </Text>
      {operation.parameters.length > 0 && <Parameters parameters={operation.parameters} />}
      {operation.body !== undefined && (
        <Shape title={`${t('body')}: ${kindOf(operation.body)}`} schema={operation.body} schemas={schemas} />
      )}
      {operation.answers.map(({ status, description, schema }) => (
        <Shape
          key={status}
          title={[`${status} ${description}`, kindOf(schema)].filter((part) => part !== '').join(': ')}
          schema={inList(schema, schemas)}
          schemas={schemas}
        />
      ))}
      <div>
        <Title order={3} size="sm" mb={6}>
          {t('example')}
        </Title>
        <CodeBlock label={t('example')} code={curlOf(operation, location.origin, schemas)} />
      </div>
    </Stack>
  );
}

/** Of a page of a list, what is in the list. */
function inList(schema: Schema | undefined, schemas: Record<string, Schema>): Schema | undefined {
  const name = refName(schema);
  const page = name?.startsWith('Paged_') ? schemas[name] : undefined;
  return page?.properties?.data?.items ?? schema;
}

function Callers({ operation }: { operation: Operation }) {
  const t = useDocsTexts();
  if (operation.permission !== undefined) {
    return t('needs', { permission: operation.permission });
  }
  const known = (['tenant', 'person', 'platform'] as const).find((each) => each === operation.caller);
  return t(known ?? 'everybody');
}

function Parameters({ parameters }: { parameters: Parameter[] }) {
  const t = useDocsTexts();
  const rows = parameters.map((parameter): [string, string, string] => [
    parameter.name,
    [t(parameter.in), kindOf(parameter.schema), parameter.required && parameter.in !== 'path' ? t('required') : '']
      .filter((part) => part !== '')
      .join(' · '),
    parameter.description ?? '',
  ]);
  return <Rows title={t('parameters')} rows={rows} />;
}

function Shape({
  title,
  schema,
  schemas,
}: {
  title: string;
  schema: Schema | undefined;
  schemas: Record<string, Schema>;
}) {
  const t = useDocsTexts();
  const rows = fieldsOf(schema, schemas).map(({ name, schema: field, isRequired }): [string, string, string] => [
    name,
    isRequired ? kindOf(field) : `${kindOf(field)}`,
    field.description ?? '',
  ]);
  return <Rows title={title} rows={rows} label={t('field')} />;
}

function Rows({ title, rows, label = title }: { title: string; rows: [string, string, string][]; label?: string }) {
  return (
    <div>
      <Title order={3} size="sm" mb={4} style={{ overflowWrap: 'anywhere' }}>
        {title}
      </Title>
      {rows.length > 0 && (
        <Table.ScrollContainer minWidth={440} aria-label={label}>
          <Table verticalSpacing={4} fz="sm" layout="fixed">
            <Table.Tbody>
              {rows.map(([name, kind, about]) => (
                <Table.Tr key={name}>
                  <Table.Td w="24%" ff="monospace" style={{ overflowWrap: 'anywhere', verticalAlign: 'top' }}>
                    {name}
                  </Table.Td>
                  <Table.Td w="30%" c="dimmed" style={{ overflowWrap: 'anywhere', verticalAlign: 'top' }}>
                    {kind}
                  </Table.Td>
                  <Table.Td style={{ verticalAlign: 'top' }}>
                    <Prose text={about} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </div>
  );
}

/** Text with `code` in backticks. */
export function Prose({ text }: { text: string }) {
  return text.split('`').map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name than their place
    index % 2 === 1 ? <Code key={index}>{part}</Code> : <span key={index}>{part}</span>,
  );
}
