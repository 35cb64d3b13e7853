import type { Problem } from '@spoor/core';

/** Where the anti-forgery token lives: it dies with the tab, unlike the cookie that it backs. */
const CSRF_KEY = 'spoor.csrf';

/** The hub did not give what was asked for. `code` is the hub's, or `UNREACHABLE`. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly hint: string;

  constructor(status: number, code: string, message: string, hint: string = '') {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

let onLoggedOut: () => void = () => {};

/** The one listener that hears of a 401, wherever it comes from. */
export function whenLoggedOut(listener: () => void): void {
  onLoggedOut = listener;
}

export const keepCsrf = (token: string): void => sessionStorage.setItem(CSRF_KEY, token);

export const getJson = <T>(path: string): Promise<T> => request<T>(path, { method: 'GET' });

export const postJson = <T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> =>
  request<T>(path, {
    method: 'POST',
    ...(signal === undefined ? {} : { signal }),
    body: JSON.stringify(body),
    headers: {
      'Content-Type': 'application/json',
      'X-Spoor-Csrf': sessionStorage.getItem(CSRF_KEY) ?? '',
    },
  });

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const response = await reach(path, init);
  if (!response.ok) throw await failure(response);
  return (await response.json()) as T;
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, credentials: 'same-origin' });
  } catch {
    throw new ApiError(0, 'UNREACHABLE', 'The hub does not answer', 'Start it with `spoor hub`');
  }
}

async function failure(response: Response): Promise<ApiError> {
  if (response.status === 401) onLoggedOut();
  const problem = await readProblem(response);
  return new ApiError(
    response.status,
    problem.code ?? `HTTP_${response.status}`,
    problem.detail ?? problem.title ?? 'The hub refused the request',
    problem.hint,
  );
}

async function readProblem(response: Response): Promise<Partial<Problem>> {
  try {
    return (await response.json()) as Partial<Problem>;
  } catch {
    return {};
  }
}
