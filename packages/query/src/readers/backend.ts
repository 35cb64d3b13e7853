import { assert, CodedError, type ErrorCode, LIMITS } from '@spoor/core';
import {
  Credentials,
  checkHeaders,
  checkOutbound,
  type OutboundAnswer,
  OutboundClient,
  OutboundError,
  type OutboundFailure,
} from '@spoor/edge';
import type { z } from 'zod';
import type { BackendSettings, ReaderOptions } from '../backend-settings.ts';
import type { Ask } from '../reader.ts';

/** What a backend calls whose data is read; only the reader sets these. */
const TENANT_HEADERS: ReadonlySet<string> = new Set([
  'accountid',
  'projectid',
  'x-scope-orgid',
  'x-tenant',
]);

export interface Question<Value> {
  /** Each is encoded: a name cannot leave its place. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Whose data, as the backend wants it said. */
  readonly tenant: Readonly<Record<string, string>>;
  readonly answer: z.ZodType<Value>;
  /**
   * Whether a 404 with such a body says that there is no such thing. Any other one says that nobody
   * could look.
   */
  readonly missing?: (body: string) => boolean;
  readonly ask: Ask;
}

/** One backend over HTTP: asked with GET alone; its answer is JSON within limits, or an error. */
export class Backend {
  readonly #client: OutboundClient;
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws BACKEND_REFUSED for an address that nothing is sent to, HEADER_REFUSED */
  constructor(settings: BackendSettings, options: ReaderOptions) {
    const { entrypoint, credentials, allowedHosts = [], insecure = false, tls } = settings;
    this.#base = baseOf(entrypoint);
    this.#headers = ownHeaders(settings.headers ?? {});
    const port = this.#base.port || (this.#base.protocol === 'https:' ? '443' : '80');
    const rules = {
      trustedHosts: [`${this.#base.hostname}:${port}`, ...allowedHosts],
      plainHttp: insecure ? ('named' as const) : ('loopback' as const),
      namedOnly: true,
    };
    try {
      checkOutbound(this.#base, rules.trustedHosts, rules);
    } catch (error) {
      options.onRefused?.({ origin: this.#base.origin, redirected: false });
      throw asBackendError(error);
    }
    this.#client = new OutboundClient({
      ...rules,
      timeoutMs: options.answerMs ?? LIMITS.backendAnswerMs,
      connectMs: Math.min(options.answerMs ?? LIMITS.backendConnectMs, LIMITS.backendConnectMs),
      idleMs: LIMITS.backendIdleMs,
      responseBytesMax: options.bytesMax ?? LIMITS.backendBytesMax,
      inflate: true,
      concurrentMax: LIMITS.backendConcurrentMax,
      waitingMax: LIMITS.backendWaitingMax,
      ...(tls === undefined ? {} : { tls }),
      ...(credentials === undefined
        ? {}
        : { credentials: new Credentials(credentials, options.environment) }),
      ...(options.onRefused === undefined ? {} : { onRefused: options.onRefused }),
      ...(options.resolve === undefined ? {} : { resolve: options.resolve }),
    });
  }

  /**
   * @returns undefined where the backend says that there is no such thing (404)
   * @throws one of the codes that begin with BACKEND, CREDENTIAL_UNREADABLE, CONFIG_UNREADABLE
   */
  async find<Value>(question: Question<Value>): Promise<Value | undefined> {
    const { tenant, ask } = question;
    const headers = { accept: 'application/json', ...this.#headers, ...tenant };
    const url = this.#urlOf(question);
    const answer = await this.#client.get(url, headers, ask.signal).catch((error: unknown) => {
      throw asBackendError(error);
    });
    if (answer.status === 404) {
      if (question.missing?.(decoder.decode(answer.body)) === true) return undefined;
      throw new CodedError('BACKEND_NOT_FOUND', `${answer.status}`);
    }
    checkStatus(answer);
    return parseAs(decoder.decode(answer.body), question.answer);
  }

  /** Likewise, where there is always an answer. */
  async get<Value>(question: Omit<Question<Value>, 'missing'>): Promise<Value> {
    const value = await this.find(question);
    assert(value !== undefined, 'a 404 is an error unless the question says what is missing');
    return value;
  }

  close(): Promise<void> {
    return this.#client.destroy();
  }

  #urlOf({ path, query = {} }: Question<unknown>): URL {
    assert(
      path.every((part) => part !== '' && !/^\.+$/.test(part)),
      'a name in a path is checked before',
    );
    const url = new URL(this.#base);
    const root = this.#base.pathname.replace(/\/+$/, '');
    url.pathname = [root, ...path.map(encodeURIComponent)].join('/');
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }
}

/** @throws CONFIG_BAD_VALUE */
function baseOf(entrypoint: URL): URL {
  if (entrypoint.search !== '' || entrypoint.hash !== '')
    throw new CodedError('CONFIG_BAD_VALUE', 'the URL of a backend has no query and no fragment');
  return new URL(entrypoint);
}

function ownHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const checked = checkHeaders(headers);
  const tenant = Object.keys(checked).find((name) => TENANT_HEADERS.has(name));
  if (tenant === undefined) return checked;
  throw new CodedError('HEADER_REFUSED', `${tenant}: give the tenant instead`);
}

function checkStatus({ status, retryAfterMs }: OutboundAnswer): void {
  if (status >= 200 && status < 300) return;
  if (status === 401 || status === 403) throw new CodedError('BACKEND_UNAUTHORIZED', `${status}`);
  if (status === 413) throw new CodedError('BACKEND_TOO_LARGE', `${status}`);
  if (status === 408 || status === 504) throw new CodedError('BACKEND_TIMEOUT', `${status}`);
  if (status === 429 || status === 503) {
    const wait = retryAfterMs === undefined ? '' : `, again in ${retryAfterMs / 1_000} s`;
    throw new CodedError('BACKEND_BUSY', `${status}${wait}`);
  }
  throw new CodedError('BACKEND_STATUS', `${status}`);
}

/** Bytes that are no UTF-8 become replacement characters: one bad value must not hide a trace. */
const decoder = new TextDecoder();

/** @throws BACKEND_MALFORMED which says where, and not what stands there */
export function parseAs<Value>(text: string, schema: z.ZodType<Value>): Value {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CodedError('BACKEND_MALFORMED', 'no JSON');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path.filter((part) => typeof part === 'number') ?? [];
  throw new CodedError(
    'BACKEND_MALFORMED',
    `unexpected JSON${path.map((at) => ` ${at}`).join('')}`,
  );
}

const CODES: Readonly<Record<OutboundFailure, ErrorCode>> = {
  timeout: 'BACKEND_TIMEOUT',
  cancelled: 'BACKEND_TIMEOUT',
  unreachable: 'BACKEND_UNREACHABLE',
  certificate: 'BACKEND_CERTIFICATE',
  'too-large': 'BACKEND_TOO_LARGE',
  encoding: 'BACKEND_MALFORMED',
  redirect: 'BACKEND_STATUS',
  busy: 'BACKEND_BUSY',
  broken: 'BACKEND_MALFORMED',
};

function asBackendError(error: unknown): CodedError {
  if (error instanceof OutboundError)
    return new CodedError(CODES[error.failure], error.failure, error);
  if (!(error instanceof CodedError)) return new CodedError('INTERNAL', '', error);
  return error.code === 'OUTBOUND_REFUSED'
    ? new CodedError('BACKEND_REFUSED', error.detail, error)
    : error;
}
