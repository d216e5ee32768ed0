import { expect, test } from 'vitest';
import { curlOf, type Document, fieldsOf, found, kindOf, sectionsOf } from './openapi';

const document: Document = {
  tags: [{ name: 'calls', description: 'Calls.' }, { name: 'empty' }],
  paths: {
    '/api/v1/calls/{id}/notes': {
      post: {
        operationId: 'add_note',
        tags: ['calls'],
        summary: 'Adds a note',
        'x-permission': 'records.write',
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/AddNote' } } } },
        responses: { '200': { description: 'ok' }, default: { description: 'a problem' } },
      },
    },
  },
  components: {
    schemas: {
      Base: { properties: { id: { type: 'string' } }, required: ['id'] },
      AddNote: {
        allOf: [{ $ref: '#/components/schemas/Base' }, { properties: { text: { type: ['string', 'null'] } } }],
      },
    },
  },
};
const schemas = document.components?.schemas ?? {};

test('operations stand under their tag, without the answer that all have', () => {
  const [calls, ...rest] = sectionsOf(document);
  expect(rest).toEqual([]);
  expect(calls?.operations.map(({ method, answers }) => [method, answers.map(({ status }) => status)])).toEqual([
    ['POST', ['200']],
  ]);
});

test('every word of a search must stand somewhere', () => {
  const sections = sectionsOf(document);
  expect(found(sections, 'POST note')).toHaveLength(1);
  expect(found(sections, 'note get')).toHaveLength(0);
});

test('fields come with those of what they are made of', () => {
  const fields = fieldsOf({ $ref: '#/components/schemas/AddNote' }, schemas);
  expect(fields.map(({ name, isRequired, schema }) => [name, isRequired, kindOf(schema)])).toEqual([
    ['id', true, 'string'],
    ['text', false, 'string | null'],
  ]);
});

test('the command names what is to be filled in', () => {
  const operation = sectionsOf(document)[0]?.operations[0];
  expect(operation && curlOf(operation, 'https://s.example', schemas)).toBe(
    `curl -X POST "https://s.example/api/v1/calls/$id/notes" \\\n  -H 'x-app-api-key: raw_…' \\\n  -H 'content-type: application/json' \\\n  -d '{"id":"…"}'`,
  );
});
