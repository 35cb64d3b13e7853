import { AsyncLocalStorage } from 'node:async_hooks';
import { type CallId, LIMITS, type Request, sipKey, systemRandom } from '@spoor/core';
import { Joins, type Leg } from '../joins.ts';
import { processWide } from '../shared.ts';
import { randomName, type Try } from './prove.ts';

interface LogicalCall {
  readonly idem: string;
  tries: number;
}

const WITHIN = processWide('logical-call', () => new AsyncLocalStorage<LogicalCall>());

/**
 * One logical call that may take several tries: each request made by a run of it is proved as the
 * next try of the same call, so that nobody takes a retry for a replay.
 */
export function logicalCall(): <Value>(work: () => Value) => Value {
  const call: LogicalCall = { idem: randomName(), tries: 0 };
  return (work) => WITHIN.run(call, work);
}

/** Methods that are calls; of others a try has no name. */
const CALLS: ReadonlySet<string> = new Set(['tools/call', 'resources/read', 'prompts/get']);

/** Which try of which call each request of one client is. */
export class Tries {
  readonly #joins = new Joins(sipKey(systemRandom.bytes(16)), false);
  /** Requests without an answer yet. */
  readonly #open = new Map<Request['id'], { readonly request: Request; readonly leg: Leg }>();
  readonly #counted = new Map<string, number>();

  /** Of a request that goes out now. */
  of(request: Request): Try | undefined {
    if (!CALLS.has(request.method)) return undefined;
    const around = WITHIN.getStore();
    const earlier = this.#joins.earlier(request);
    const idem = earlier?.call ?? around?.idem ?? randomName();
    this.#remember(request, idem);
    if (around?.idem === idem) return { idem, rtry: around.tries++ };
    const rtry = this.#counted.get(idem) ?? 0;
    this.#count(idem, rtry + 1);
    return { idem, rtry };
  }

  /** Of a request whose answer may ask for a further leg. */
  answered(id: Request['id'], result: unknown): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (open !== undefined) this.#joins.answered(open.request, open.leg, result);
  }

  #remember(request: Request, idem: string): void {
    const leg: Leg = { call: idem as CallId, cause: NO_CAUSE, span: undefined };
    bound(this.#open);
    this.#open.set(request.id, { request, leg });
  }

  #count(idem: string, tries: number): void {
    bound(this.#counted);
    this.#counted.set(idem, tries);
  }
}

const NO_CAUSE = { kind: 'unknown', evidence: 'none' } as const;

function bound<Key>(map: Map<Key, unknown>): void {
  const [oldest] = map.keys();
  if (map.size >= LIMITS.pendingRequestsMax && oldest !== undefined) map.delete(oldest);
}
