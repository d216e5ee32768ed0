// The only place that knows `fetch`. Types come from `/openapi.json` (`npm run api`), so a changed contract is a
// compile error here and not a surprise on a screen.
//
// The session is in cookies that scripts cannot read. Whatever changes something carries the token of `/auth/csrf`; an
// access token that ran out is renewed once for all requests that noticed, and they are sent again.

import createFetchClient, { type Middleware } from 'openapi-fetch';
import createQueryClient from 'openapi-react-query';
import { language } from '@/i18n';
import { ApiError, Unreachable } from './errors';
import type { Problem, paths } from './schema.gen';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Routes that a signed-out visitor uses: a 401 from them is an answer, not a session that ran out. */
const BEFORE_SIGN_IN =
  /\/api\/v1\/(auth\/(login|signup|refresh|second-factor|logout)|invitations\/(look|accept)|shared\/)/;

let csrfToken: Promise<string> | undefined;
let renewal: Promise<boolean> | undefined;
/** Whose answers are on screen, as `/me` said. */
let sessionId: string | undefined;

/** Forgets what is known of the session before; call it when a session begins or ends. */
export function forgetSession(): void {
  csrfToken = undefined;
  sessionId = undefined;
}

async function csrf(): Promise<string> {
  csrfToken ??= fetch('/api/v1/auth/csrf').then(async (response) => {
    if (!response.ok) {
      throw await toError(response);
    }
    return ((await response.json()) as { csrf_token: string }).csrf_token;
  });
  try {
    return await csrfToken;
  } catch (error) {
    csrfToken = undefined;
    throw error;
  }
}

/** Renews the access token; false when the session is over. Several callers share one renewal. */
export function renew(): Promise<boolean> {
  renewal ??= (async () => {
    try {
      const headers = {
        'x-csrf-token': await csrf(),
        'content-type': 'application/json',
        'accept-language': language(),
      };
      const response = await fetch('/api/v1/auth/refresh', { method: 'POST', headers, body: '{}' });
      if (response.ok) {
        await beTheSame(response);
      }
      return response.ok;
    } catch {
      return false;
    } finally {
      renewal = undefined;
    }
  })();
  return renewal;
}

/**
 * An hour of working under somebody's name ends in the admin's own session, and another tab may have signed in as somebody
 * else. What is on screen is not theirs, so everything begins anew.
 */
async function beTheSame(renewed: Response): Promise<void> {
  const { session_id } = (await renewed.json()) as { session_id: string };
  if (sessionId !== undefined && session_id !== sessionId) {
    forgetSession();
    location.assign('/');
  }
}

async function toError(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  try {
    const body = (await response.clone().json()) as Partial<Problem>;
    if (typeof body.code === 'string' && typeof body.detail === 'string') {
      return new ApiError({ status: response.status, ...body } as Problem, retryAfter);
    }
  } catch {
    // Not our JSON: a proxy in between answered.
  }
  const words = `${response.status} ${response.statusText}`.trim();
  return new ApiError(
    {
      type: 'about:blank',
      title: words,
      status: response.status,
      detail: words,
      code: 'internal',
      request_id: response.headers.get('x-request-id') ?? '',
      error: words,
      message: words,
    },
    retryAfter,
  );
}

const session: Middleware = {
  async onRequest({ request }) {
    // What was chosen here, not what the browser was installed in: letters and files come in it.
    request.headers.set('accept-language', language());
    if (!SAFE.has(request.method)) {
      request.headers.set('x-csrf-token', await csrf());
    }
    return request;
  },
  async onResponse({ request, response }) {
    if (!response.ok) {
      throw await toError(response);
    }
    if (new URL(request.url).pathname === '/api/v1/me') {
      ({ session_id: sessionId } = (await response.clone().json()) as { session_id: string });
    }
    return response;
  },
};

/** `fetch` that names an unreachable server, and renews a session or a token against foreign sites that ran out. */
async function patientFetch(request: Request): Promise<Response> {
  // The body of a request is read once; the copy is for the second try.
  const again = request.clone();
  const response = await send(request);
  if (response.status === 403 && (await toError(response)).code === 'csrf_failed') {
    csrfToken = undefined;
    again.headers.set('x-csrf-token', await csrf());
    return send(again);
  }
  const mayRenew = response.status === 401 && !BEFORE_SIGN_IN.test(new URL(request.url).pathname);
  // A wrong code is a 401 that names its field: an answer, and sent again it would count as a second wrong try.
  if (!mayRenew || Object.keys((await toError(response)).fields).length > 0 || !(await renew())) {
    return response;
  }
  return send(again);
}

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      throw error;
    }
    throw new Unreachable(error);
  }
}

/** Requests by hand: `api.POST('/api/v1/…', { body })`. Throws `ApiError` or `Unreachable`, so `data` is there. */
export const api = createFetchClient<paths>({ baseUrl: location.origin, fetch: patientFetch });
api.use(session);

/** Queries and mutations of TanStack Query: `$api.useQuery('get', '/api/v1/…')`, `$api.queryOptions(…)`. */
export const $api = createQueryClient(api);

/** The server's description of this API. It is beside the API and not a route of it. */
export async function fetchDescription(): Promise<unknown> {
  const response = await send(new Request(new URL('/openapi.json', location.origin)));
  if (!response.ok) {
    throw await toError(response);
  }
  return response.json();
}

/** What of a file has been sent, from 0 to 1. */
export type Sent = (share: number) => void;

/**
 * Sends a file as it is and tells how far it is, which `fetch` cannot. The file is read by the browser piece by piece, so its
 * size does not matter here.
 */
export async function upload(path: string, file: File, sent: Sent, signal: AbortSignal): Promise<unknown> {
  let answer = await sendFile(path, file, sent, signal);
  if ((answer.status === 401 && (await renew())) || (answer.status === 403 && (await forgetsCsrf(answer)))) {
    answer = await sendFile(path, file, sent, signal);
  }
  if (!answer.ok) {
    throw await toError(answer);
  }
  return answer.json();
}

async function forgetsCsrf(answer: Response): Promise<boolean> {
  const isOld = (await toError(answer)).code === 'csrf_failed';
  if (isOld) {
    csrfToken = undefined;
  }
  return isOld;
}

async function sendFile(path: string, file: File, sent: Sent, signal: AbortSignal): Promise<Response> {
  const token = await csrf();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('accept-language', language());
    request.setRequestHeader('x-csrf-token', token);
    request.upload.onprogress = ({ loaded, total }) => sent(total === 0 ? 1 : loaded / total);
    request.onload = () =>
      resolve(new Response(request.responseText, { status: request.status, statusText: request.statusText }));
    request.onerror = () => reject(new Unreachable(undefined));
    request.onabort = () => reject(new DOMException('ended', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
