// The server's own description, as far as the page of docs shows it.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: (string | null)[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema?: Schema;
}

interface Media {
  schema?: Schema;
}

export interface Operation {
  method: string;
  path: string;
  operationId: string;
  tag: string;
  summary: string;
  description: string;
  caller: string | undefined;
  permission: string | undefined;
  parameters: Parameter[];
  body: Schema | undefined;
  answers: { status: string; description: string; schema: Schema | undefined }[];
}

interface RawOperation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content?: Record<string, Media> };
  responses?: Record<string, { description?: string; content?: Record<string, Media> }>;
  'x-caller'?: string;
  'x-permission'?: string;
}

export interface Document {
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Section {
  tag: string;
  about: string;
  operations: Operation[];
}

function firstSchema(content: Record<string, Media> | undefined): Schema | undefined {
  return Object.values(content ?? {})[0]?.schema;
}

function operationOf(path: string, method: string, raw: RawOperation): Operation {
  const answers = Object.entries(raw.responses ?? {}).filter(([status]) => status !== 'default');
  return {
    method: method.toUpperCase(),
    path,
    operationId: raw.operationId ?? `${method} ${path}`,
    tag: raw.tags?.[0] ?? '',
    summary: raw.summary ?? '',
    description: raw.description ?? '',
    caller: raw['x-caller'],
    permission: raw['x-permission'],
    parameters: raw.parameters ?? [],
    body: firstSchema(raw.requestBody?.content),
    answers: answers.map(([status, { description = '', content }]) => ({
      status,
      description,
      schema: firstSchema(content),
    })),
  };
}

/** All operations under their tags, in the document's order. */
export function sectionsOf(document: Document): Section[] {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, raw]) => operationOf(path, method, raw)),
  );
  return (document.tags ?? [])
    .map(({ name, description = '' }) => ({
      tag: name,
      about: description,
      operations: operations.filter(({ tag }) => tag === name),
    }))
    .filter((section) => section.operations.length > 0);
}

/** The sections with what all words of a search stand in. */
export function found(sections: Section[], search: string): Section[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) {
    return sections;
  }
  const fits = ({ method, path, summary, operationId, tag }: Operation): boolean => {
    const text = `${method} ${path} ${summary} ${operationId} ${tag}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return sections
    .map((section) => ({ ...section, operations: section.operations.filter(fits) }))
    .filter((section) => section.operations.length > 0);
}

export function refName(schema: Schema | undefined): string | undefined {
  return schema?.$ref?.split('/').at(-1);
}

/** A kind in a few words: `string (date-time)`, `list of Call`, `"a" | "b"`. */
export function kindOf(schema: Schema | undefined): string {
  if (schema === undefined) {
    return '';
  }
  const name = refName(schema);
  if (name !== undefined) {
    return name;
  }
  if (schema.enum !== undefined) {
    return schema.enum.map((word) => (word === null ? 'null' : `"${word}"`)).join(' | ');
  }
  const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choices !== undefined) {
    return choices.map(kindOf).join(schema.allOf === undefined ? ' | ' : ' & ');
  }
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'any'];
  const words = types.map((type) => (type === 'array' ? `list of ${kindOf(schema.items)}` : type));
  return schema.format === undefined ? words.join(' | ') : `${words.join(' | ')} (${schema.format})`;
}

export interface Field {
  name: string;
  schema: Schema;
  isRequired: boolean;
}

/** The fields of an object, with those of what it is made of. A list is shown by what is in it. */
export function fieldsOf(schema: Schema | undefined, schemas: Record<string, Schema>, depth = 0): Field[] {
  if (schema === undefined || depth > 6) {
    return [];
  }
  const name = refName(schema);
  if (name !== undefined) {
    return fieldsOf(schemas[name], schemas, depth + 1);
  }
  const parts = schema.allOf ?? schema.oneOf?.filter((each) => each.type !== 'null');
  const inherited = parts?.flatMap((part) => fieldsOf(part, schemas, depth + 1)) ?? [];
  const own = Object.entries(schema.properties ?? {}).map(([field, each]) => ({
    name: field,
    schema: each,
    isRequired: schema.required?.includes(field) ?? false,
  }));
  return [...inherited, ...own];
}

/** A command that asks it, with the names of what is to be filled in. */
export function curlOf(operation: Operation, origin: string, schemas: Record<string, Schema>): string {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, '$$$1');
  const quoted = path.includes('$') ? `"${origin}${path}"` : `'${origin}${path}'`;
  const lines = [
    `curl${operation.method === 'GET' ? '' : ` -X ${operation.method}`} ${quoted}`,
    ...(operation.caller === undefined && operation.permission === undefined ? [] : ["-H 'x-app-api-key: raw_…'"]),
  ];
  if (operation.body !== undefined) {
    const fields = fieldsOf(operation.body, schemas).filter(({ isRequired }) => isRequired);
    const body = Object.fromEntries(fields.map(({ name, schema }) => [name, exampleOf(schema)]));
    lines.push("-H 'content-type: application/json'", `-d '${JSON.stringify(body)}'`);
  }
  return lines.join(' \\\n  ');
}

function exampleOf(schema: Schema): unknown {
  if (schema.enum !== undefined) {
    return schema.enum[0];
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'array':
      return [];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return 1;
    case 'object':
      return {};
    default:
      return '…';
  }
}
