import { CodedError, ERRORS, type ErrorCode, LIMITS } from '@spoor/core';
import { OutboundClient, OutboundError } from '@spoor/edge';
import { type Home, readHubAddress, readToken } from '@spoor/edge/home';
import type { z } from 'zod';
import type { Ask } from '../reader.ts';
import { parseAs } from '../readers/backend.ts';

/** Codes of the hub that say something to whoever asks; the others are ours to mend. */
const PASSED: ReadonlySet<ErrorCode> = new Set(['BAD_REQUEST', 'REPLAY_BUSY', 'STORE_UNAVAILABLE']);

const decoder = new TextDecoder();

/**
 * The hub of this machine, by the address and the token that lie in its state folder: read for each
 * question, so that a hub that was restarted is found again.
 */
export class HubApi {
  readonly #home: Home;
  readonly #client: OutboundClient;

  constructor(home: Home, answerMs: number = LIMITS.backendAnswerMs) {
    this.#home = home;
    this.#client = new OutboundClient({
      trustedHosts: ['127.0.0.1', '[::1]', 'localhost'],
      plainHttp: 'loopback',
      namedOnly: true,
      timeoutMs: answerMs,
      responseBytesMax: LIMITS.backendBytesMax,
      concurrentMax: LIMITS.backendConcurrentMax,
      waitingMax: LIMITS.backendWaitingMax,
    });
  }

  /** @returns undefined where the hub knows no such thing */
  async find<Value>(path: string, form: z.ZodType<Value>, ask: Ask): Promise<Value | undefined> {
    return this.#read('GET', path, undefined, form, ask);
  }

  async get<Value>(path: string, form: z.ZodType<Value>, ask: Ask): Promise<Value> {
    return there(await this.find(path, form, ask));
  }

  async post<Value>(path: string, body: object, form: z.ZodType<Value>, ask: Ask): Promise<Value> {
    return there(await this.#read('POST', path, body, form, ask));
  }

  /** A file of the published log. */
  async file(path: string, ask: Ask): Promise<Uint8Array | undefined> {
    const { status, body } = await this.#send('GET', `/ledger/${path}`, undefined, ask);
    if (status === 404 || status === 204) return undefined;
    if (status !== 200) throw problem(status, body);
    return body;
  }

  close(): Promise<void> {
    return this.#client.destroy();
  }

  async #read<Value>(
    method: 'GET' | 'POST',
    path: string,
    body: object | undefined,
    form: z.ZodType<Value>,
    ask: Ask,
  ): Promise<Value | undefined> {
    const answer = await this.#send(method, `/api/v1/${path}`, body, ask);
    if (answer.status !== 200) {
      const coded = problem(answer.status, answer.body);
      if (coded.code === 'NOT_FOUND') return undefined;
      throw coded;
    }
    return parseAs(decoder.decode(answer.body), form);
  }

  /** @throws HUB_UNREACHABLE, BACKEND_TIMEOUT, BACKEND_BUSY, BACKEND_TOO_LARGE */
  async #send(
    method: 'GET' | 'POST',
    path: string,
    body: object | undefined,
    { signal, tenant }: Ask,
  ): Promise<{ readonly status: number; readonly body: Uint8Array }> {
    if (tenant !== undefined)
      throw new CodedError('QUESTION_INVALID', 'tenant: the hub of one user has none');
    const [address, token] = [readHubAddress(this.#home), readToken(this.#home)];
    if (address === undefined || token === undefined) throw new CodedError('HUB_UNREACHABLE');
    const url = new URL(path, address.url);
    const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
    try {
      if (method === 'GET') return await this.#client.get(url, headers, signal);
      const json = { ...headers, 'content-type': 'application/json' };
      return await this.#client.post(url, json, Buffer.from(JSON.stringify(body)), signal);
    } catch (error) {
      throw asHubError(error);
    }
  }
}

function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new CodedError('BACKEND_NOT_FOUND', 'an older hub');
  return value;
}

function asHubError(error: unknown): CodedError {
  if (!(error instanceof OutboundError)) {
    return error instanceof CodedError ? error : new CodedError('INTERNAL', '', error);
  }
  const { failure } = error;
  if (failure === 'timeout' || failure === 'cancelled')
    return new CodedError('BACKEND_TIMEOUT', failure, error);
  if (failure === 'busy') return new CodedError('BACKEND_BUSY', failure, error);
  if (failure === 'too-large') return new CodedError('BACKEND_TOO_LARGE', failure, error);
  return new CodedError('HUB_UNREACHABLE', failure, error);
}

/** RFC 9457, as the hub answers. */
function problem(status: number, body: Uint8Array): CodedError {
  if (status === 401) return new CodedError('BACKEND_UNAUTHORIZED', '401');
  const { code, detail } = problemOf(decoder.decode(body));
  if (code === 'NOT_FOUND') return new CodedError('NOT_FOUND');
  if (code !== undefined && PASSED.has(code)) return new CodedError(code, detail ?? '');
  return new CodedError('BACKEND_STATUS', `${code ?? status}`);
}

function problemOf(text: string): { readonly code?: ErrorCode; readonly detail?: string } {
  try {
    const { code, detail } = JSON.parse(text) as { code?: unknown; detail?: unknown };
    if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) return {};
    return { code: code as ErrorCode, ...(typeof detail === 'string' ? { detail } : {}) };
  } catch {
    return {};
  }
}
