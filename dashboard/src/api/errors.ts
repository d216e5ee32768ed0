// Every failure of a request as one type, and that type as words. Nothing else in the dashboard looks at a status.

import type { Problem } from './schema.gen';

/** What the server said, or that it could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryAfterSeconds?: number,
  ) {
    super(problem.detail);
    this.name = 'ApiError';
  }

  get code(): Problem['code'] {
    return this.problem.code;
  }

  /** The faults of single fields, for `form.setErrors`. */
  get fields(): Record<string, string> {
    return Object.fromEntries((this.problem.errors ?? []).map(({ field, message }) => [field, message]));
  }
}

/** The server was not reached: the machine is offline, or the server is down. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('unreachable', { cause });
    this.name = 'Unreachable';
  }
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.problem.status === 401;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.problem.status === 404;
}

/** Asking again may help: nothing was wrong with the question. */
export function mayPass(error: unknown): boolean {
  if (error instanceof ApiError) {
    return error.problem.status >= 500 && error.problem.status !== 501;
  }
  return error instanceof Unreachable;
}
