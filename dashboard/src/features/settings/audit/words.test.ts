// @vitest-environment jsdom
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { setLanguage } from '@/i18n';
import { ACTIONS, actionWords } from './words';

test('every action of the API can be chosen and has words in both languages', async () => {
  const text = await readFile('../docs/openapi.json', 'utf8');
  const lists = [...text.matchAll(/"enum": (\[[^\]]*"member\.role_changed"[^\]]*\])/g)].map(
    ([, list]) => JSON.parse(list ?? '[]') as string[],
  );
  const known: readonly string[] = ACTIONS;
  expect(lists.flat().filter((action) => !known.includes(action))).toEqual([]);
  expect(lists.length).toBeGreaterThan(0);
  for (const language of ['en', 'es'] as const) {
    setLanguage(language);
    expect(ACTIONS.filter((action) => actionWords(action) === action)).toEqual([]);
  }
});
