// @vitest-environment node
// The types are made from the API's description and committed. Whoever changes the one and forgets the other hears of it here.

import { readFile } from 'node:fs/promises';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, test } from 'vitest';

test('the types are those of docs/openapi.json (else: npm run api)', async () => {
  const [description, committed] = await Promise.all([
    readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
    readFile(new URL('./schema.gen.ts', import.meta.url), 'utf8'),
  ]);
  // As `npm run api` says.
  const nodes = await openapiTS(description, { alphabetize: true, rootTypes: true, rootTypesNoSchemaPrefix: true });
  const fresh = COMMENT_HEADER + astToString(nodes);
  // Not `toBe`: the difference would be ten thousand lines.
  expect(fresh === committed).toBe(true);
}, 30_000);
