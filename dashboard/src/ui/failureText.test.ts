import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiError } from '@/api/errors';
import type { FieldProblem, Problem } from '@/api/schema.gen';
import { setLanguage } from '@/i18n';
import { explain } from './Failure';
import { wordsOfProblem } from './failureText';
import { faultsOf, showFaults } from './formFaults';

const problem = (code: string, detail = 'some words'): Problem => ({
  type: `/docs#${code}`,
  title: code,
  status: 400,
  detail,
  code: code as Problem['code'],
  request_id: 'req_1',
  error: code,
  message: detail,
});

/** Every code in the table of docs/errors.md, which is compared with the server's own list. */
async function codes(): Promise<string[]> {
  // From the dashboard's folder: jsdom's addresses are no files.
  const page = await readFile('../docs/errors.md', 'utf8');
  return [...page.matchAll(/^\| `([a-z_]+)` \| \d{3} \|/gm)].map(([, code]) => code ?? '');
}

afterEach(() => setLanguage('en'));

describe('a refusal in words', () => {
  it('has Spanish words for every code of the API', async () => {
    setLanguage('es');
    const all = await codes();
    expect(all.length).toBeGreaterThan(25);
    expect(all.filter((code) => wordsOfProblem(problem(code)) === 'Some words.')).toEqual([]);
  });

  it('is the server’s own sentence in English', () => {
    expect(explain(new ApiError(problem('forbidden', 'this needs the permission `apps.write`')))).toBe(
      'This needs the permission `apps.write`.',
    );
  });

  it('goes by the code in Spanish, and says when to try again', () => {
    setLanguage('es');
    const error = new ApiError(problem('too_many_requests', 'too many requests of one address'), 7);
    expect(explain(error)).toBe('Demasiadas peticiones. Inténtelo de nuevo en 7 s.');
  });

  it('keeps the reason that only the server’s words have', () => {
    setLanguage('es');
    expect(wordsOfProblem(problem('tenant_suspended', 'this workspace is suspended: unpaid'))).toBe(
      'El espacio está suspendido o cerrado. (This workspace is suspended: unpaid.)',
    );
  });

  it('falls back on the server’s words for a code that is newer than this page', () => {
    setLanguage('es');
    expect(wordsOfProblem(problem('from_tomorrow'))).toBe('Some words.');
  });
});

describe('what is wrong with a form', () => {
  const refused = (...errors: FieldProblem[]): ApiError => new ApiError({ ...problem('invalid_body'), errors });
  const number = { field: 'quiet_minutes', code: 'out_of_bounds', message: 'a number from 0 to 10080' };

  it('knows a number that is too small or too large', () => {
    expect(faultsOf(refused(number))).toEqual([{ field: 'quiet_minutes', words: 'A number from 0 to 10080' }]);
    setLanguage('es');
    expect(faultsOf(refused(number))).toEqual([
      { field: 'quiet_minutes', words: 'Es demasiado pequeño o demasiado grande' },
    ]);
  });

  it('is at its field, and in one line where the form has no such field', () => {
    setLanguage('es');
    let shown: Record<string, string> = {};
    const form = {
      getValues: () => ({ name: '' }),
      setErrors: (errors: Record<string, string>) => {
        shown = errors;
      },
    };
    const missing = { field: 'name', code: 'required', message: 'give it a name' };
    expect(showFaults(form, refused(missing))).toBeUndefined();
    expect(shown).toEqual({ name: 'Rellene este campo' });
    expect(showFaults(form, refused(missing, number))).toBe('quiet_minutes: Es demasiado pequeño o demasiado grande');
  });
});
