import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { api as Api, forgetSession as Forget } from './client';

type Answer = (request: Request) => Response | Promise<Response>;

/** Answers by `METHOD /path`; what is asked is written down. */
let answers: Record<string, Answer>;
let asked: string[];
let api: typeof Api;
let forgetSession: typeof Forget;

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const problem = (status: number, code: string): Response => json(status, { code, detail: code, status });

beforeEach(async () => {
  asked = [];
  answers = { 'GET /api/v1/auth/csrf': () => json(200, { csrf_token: 'token-1' }) };
  vi.stubGlobal(
    'fetch',
    vi.fn(async (input: Request | string, init?: RequestInit) => {
      const request = new Request(typeof input === 'string' ? new URL(input, location.origin) : input, init);
      const name = `${request.method} ${new URL(request.url).pathname}`;
      asked.push(name);
      const answer = answers[name];
      return answer === undefined ? problem(404, 'not_found') : answer(request);
    }),
  );
  vi.resetModules();
  ({ api, forgetSession } = await import('./client'));
});
afterEach(() => vi.unstubAllGlobals());

test('two requests that find the session run out share one renewal, and both are sent again', async () => {
  let isFresh = false;
  const guarded: Answer = () =>
    isFresh ? json(200, { data: [], has_more: false }) : problem(401, 'invalid_credentials');
  answers['GET /api/v1/calls'] = guarded;
  answers['GET /api/v1/contacts'] = guarded;
  answers['POST /api/v1/auth/refresh'] = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    isFresh = true;
    return json(200, { session_id: 'ses_1' });
  };
  const both = await Promise.all([api.GET('/api/v1/calls'), api.GET('/api/v1/contacts')]);
  expect(both.map(({ response }) => response.status)).toEqual([200, 200]);
  expect(asked.filter((name) => name === 'POST /api/v1/auth/refresh')).toHaveLength(1);
  expect(asked.filter((name) => name === 'GET /api/v1/calls')).toHaveLength(2);
});

test('a session that cannot be renewed is an error of the request, once', async () => {
  answers['GET /api/v1/calls'] = () => problem(401, 'invalid_credentials');
  answers['POST /api/v1/auth/refresh'] = () => problem(401, 'invalid_credentials');
  await expect(api.GET('/api/v1/calls')).rejects.toMatchObject({ problem: { status: 401 } });
  expect(asked.filter((name) => name === 'GET /api/v1/calls')).toHaveLength(1);
});

test('a wrong password is an answer and renews nothing', async () => {
  answers['POST /api/v1/auth/login'] = () => problem(401, 'invalid_credentials');
  const body = { email: 'ann@example.com', password: 'no', session: 'cookie' as const };
  await expect(api.POST('/api/v1/auth/login', { body })).rejects.toMatchObject({
    problem: { code: 'invalid_credentials' },
  });
  expect(asked).not.toContain('POST /api/v1/auth/refresh');
});

test('a wrong code of a second factor is sent once', async () => {
  answers['POST /api/v1/me/second-factor/confirm'] = () =>
    json(401, {
      code: 'invalid_credentials',
      detail: 'no',
      errors: [{ field: 'code', code: 'invalid', message: 'no' }],
    });
  await expect(api.POST('/api/v1/me/second-factor/confirm', { body: { code: '0' } })).rejects.toThrow();
  expect(asked).toEqual(['GET /api/v1/auth/csrf', 'POST /api/v1/me/second-factor/confirm']);
});

test('what changes something carries the token, and takes a new one when it is too old', async () => {
  const sent: (string | null)[] = [];
  answers['POST /api/v1/auth/csrf'] = () => problem(500, 'internal');
  answers['POST /api/v1/me/send-verification'] = (request) => {
    sent.push(request.headers.get('x-csrf-token'));
    return sent.length === 1 ? problem(403, 'csrf_failed') : new Response(null, { status: 202 });
  };
  let issued = 0;
  answers['GET /api/v1/auth/csrf'] = () => {
    issued += 1;
    return json(200, { csrf_token: `token-${issued}` });
  };
  await api.POST('/api/v1/me/send-verification');
  expect(sent).toEqual(['token-1', 'token-2']);
  forgetSession();
  await api.POST('/api/v1/me/send-verification');
  expect(sent).toEqual(['token-1', 'token-2', 'token-3']);
});
