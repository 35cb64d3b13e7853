import {
  type Clock,
  formatTraceparent,
  IDENTITY_META_KEY,
  isObject,
  type JsonObject,
  metaOf,
  newSpanId,
  parseTraceparent,
  type Request,
  systemClock,
  systemRandom,
  type TraceId,
} from '@spoor/core';
import { counts, fault } from '../counts.ts';
import type { Finisher } from '../finish.ts';
import { prove } from './prove.ts';
import { Tries } from './retry.ts';
import type { AttestSession, Token } from './session.ts';
import { sidOf } from './tokens.ts';

export interface ProverOptions {
  readonly session: AttestSession;
  /** Name of the server, as Spoor calls it. */
  readonly server: string;
  /**
   * Who gets the proofs: `sensor`, where one stands before the server and keeps them; `hub`, where
   * this program is joined to one itself, and the server gets none.
   */
  readonly to?: 'sensor' | 'hub';
  readonly clock?: Clock;
}

/** Said before anybody can look, or by nobody in particular. */
const UNPROVED: ReadonlySet<string> = new Set(['initialize', 'ping', 'server/discover']);

/** Puts a proof on each request that goes out over one transport. */
export class Prover implements Finisher {
  readonly #options: ProverOptions;
  readonly #tries = new Tries();
  /** What waits for a token goes in order, and so does all behind it. */
  #tail: Promise<unknown> | undefined;

  constructor(options: ProverOptions) {
    this.#options = options;
  }

  finish(message: unknown): unknown {
    if (this.#options.to === 'hub') return message;
    const request = requestOf(message);
    if (request === undefined) return this.#tail?.then(() => message) ?? message;
    try {
      const token = this.#options.session.tokenFor(traceOf(request));
      if (!(token instanceof Promise) && this.#tail === undefined)
        return this.#proved(request, message, token);
      return this.#later(request, message, token);
    } catch {
      return unproved(message);
    }
  }

  told(message: JsonObject): JsonObject | undefined {
    if (this.#options.to !== 'hub') return undefined;
    const request = requestOf(message);
    if (request === undefined) return undefined;
    try {
      const token = this.#options.session.tokenFor(traceOf(request));
      // A hub is told at once: `ready` is there to be waited for.
      if (token instanceof Promise) {
        token.catch(fault);
        return unproved(undefined);
      }
      return this.#proved(request, message, token) as JsonObject;
    } catch {
      return unproved(undefined);
    }
  }

  saw(message: unknown): void {
    if (!isObject(message) || message.method !== undefined) return;
    const { id, result } = message;
    if (typeof id === 'string' || typeof id === 'number') this.#tries.answered(id, result);
  }

  #later(request: Request, message: unknown, token: Token | Promise<Token>): Promise<unknown> {
    const before = this.#tail ?? Promise.resolve();
    const asked = Promise.resolve(token).catch(() => undefined);
    const tail: Promise<unknown> = before
      .then(() => asked)
      .then((got) => (got === undefined ? unproved(message) : this.#proved(request, message, got)))
      .catch(() => unproved(message))
      .finally(() => {
        if (this.#tail === tail) this.#tail = undefined;
      });
    this.#tail = tail;
    return tail;
  }

  #proved(request: Request, message: unknown, token: Token): unknown {
    const { session, server, clock = systemClock } = this.#options;
    const traced = withTrace(request, token);
    if (!isObject(message) || traced === undefined) return unproved(message);
    const attempt = this.#tries.of(traced);
    const identity = prove(traced, {
      key: session.key,
      txn: token.text,
      sid: session.sid ?? sidOf(token.text),
      server,
      nowMs: clock.nowMs(),
      ...(attempt === undefined ? {} : { attempt }),
    });
    const { params } = traced;
    return {
      ...message,
      params: { ...params, _meta: { ...metaOf(params), [IDENTITY_META_KEY]: identity } },
    };
  }
}

function unproved<Value>(message: Value): Value {
  counts.unproved += 1;
  return message;
}

/** The request as its reader will see it: what JSON cannot say is not in it. */
function requestOf(message: unknown): Request | undefined {
  if (!isObject(message)) return undefined;
  const { id, method } = message;
  if (typeof method !== 'string' || UNPROVED.has(method)) return undefined;
  if (typeof id !== 'string' && typeof id !== 'number') return undefined;
  try {
    const params: unknown = JSON.parse(JSON.stringify(message.params ?? {}));
    return { kind: 'request', id, method, params: isObject(params) ? params : {} };
  } catch {
    return undefined;
  }
}

const traceOf = ({ params }: Request): string | undefined =>
  parseTraceparent(metaOf(params).traceparent)?.trace;

/**
 * A token for one trace proves calls of that trace: a request without one is put into it. Undefined
 * where the request is of another, which no proof can change.
 */
function withTrace(request: Request, { trace }: Token): Request | undefined {
  const own = traceOf(request);
  if (trace === undefined || own === trace) return request;
  if (own !== undefined) return undefined;
  const ids = { trace: trace as TraceId, parent: newSpanId(systemRandom) };
  const { params } = request;
  const _meta = { ...metaOf(params), traceparent: formatTraceparent(ids, true) };
  return { ...request, params: { ...params, _meta } };
}
