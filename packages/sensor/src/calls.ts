import {
  type Cause,
  idKey,
  isObject,
  type JsonRpcId,
  type Label,
  LIMITS,
  type Mask,
  type Request,
  type Response,
} from '@spoor/core';
import type { Sensed } from '@spoor/edge/wire';
import { CALL_METHODS } from './methods.ts';

/** A request that waits for its response. */
export interface Exchange {
  readonly request: Request;
  /** Size of its frame. */
  readonly bytes: number;
  sensed?: Sensed;
  labels: readonly Label[];
  /** Its result waits until the hub has admitted it. */
  hold: boolean;
  readonly scope: string;
  /** What of it does not go on as it is. */
  mask?: Mask;
  /** Its client has cancelled it. */
  takenBack?: true;
}

/**
 * Pairs requests with responses, and joins the legs of one logical call. One direction of one
 * connection. A `scope` keeps equal ids apart where a transport allows them.
 */
export class Exchanges {
  readonly #open = new Map<string, Exchange>();
  readonly #legs = new Map<string, Pick<Sensed, 'id' | 'cause'>>();
  #holds = 0;
  /** Exchanges given up because too many were open. */
  dropped = 0;

  /** Is there a result that would have to wait? */
  get holds(): boolean {
    return this.#holds > 0;
  }

  get open(): Iterable<Exchange> {
    return this.#open.values();
  }

  add(request: Request, bytes: number, scope = ''): Exchange {
    if (this.#open.size >= LIMITS.pendingRequestsMax) this.#dropOldest();
    const exchange: Exchange = { request, bytes, labels: [], hold: false, scope };
    this.#open.set(scope + idKey(request.id), exchange);
    return exchange;
  }

  /** Is there a result of which something is masked? */
  get masks(): boolean {
    return [...this.#open.values()].some(({ mask }) => mask?.result !== undefined);
  }

  holdResult(exchange: Exchange): void {
    if (exchange.hold) return;
    exchange.hold = true;
    this.#holds += 1;
  }

  find(id: JsonRpcId | null, scope = ''): Exchange | undefined {
    return id === null ? undefined : this.#open.get(scope + idKey(id));
  }

  take(id: JsonRpcId | null, scope = ''): Exchange | undefined {
    const exchange = this.find(id, scope);
    if (exchange === undefined || id === null) return undefined;
    this.#open.delete(scope + idKey(id));
    if (exchange.hold) this.#holds -= 1;
    return exchange;
  }

  /** Those of whose results something is masked. */
  takeMasked(): Exchange[] {
    const found = [...this.#open.values()].filter(({ mask }) => mask?.result !== undefined);
    for (const { request, scope } of found) this.take(request.id, scope);
    return found;
  }

  takeAll(): Exchange[] {
    const all = [...this.#open.values()];
    this.#open.clear();
    this.#holds = 0;
    return all;
  }

  /**
   * The one call that is open, if it is only one: what a server asks for meanwhile is contained in
   * it.
   */
  get containing(): Cause {
    const calls = [...this.#open.values()].filter(
      ({ request, sensed }) => sensed?.outcome === 'pending' && CALL_METHODS.has(request.method),
    );
    const [only] = calls;
    if (calls.length !== 1 || only?.sensed === undefined)
      return { kind: 'server', evidence: 'none' };
    return {
      kind: 'server',
      parent: only.sensed.id as NonNullable<Cause['parent']>,
      evidence: 'containment',
    };
  }

  /** The server wants input first: the client will repeat the call with a new id. */
  legEnded(exchange: Exchange, response: Response): void {
    const { sensed } = exchange;
    if (sensed === undefined || !isObject(response.result)) return;
    if (this.#legs.size >= LIMITS.pendingRequestsMax) this.#legs.clear();
    this.#legs.set(legKey(exchange.request, response.result.requestState), sensed);
  }

  /** The call that this request goes on with, if it is a further leg. */
  earlierLeg(request: Request): Pick<Sensed, 'id' | 'cause'> | undefined {
    const { requestState, inputResponses } = request.params;
    if (requestState === undefined && inputResponses === undefined) return undefined;
    const key = legKey(request, requestState);
    const leg = this.#legs.get(key);
    this.#legs.delete(key);
    return leg;
  }

  #dropOldest(): void {
    const oldest = this.#open.keys().next().value;
    if (oldest === undefined) return;
    if (this.#open.get(oldest)?.hold === true) this.#holds -= 1;
    this.#open.delete(oldest);
    this.dropped += 1;
  }
}

const legKey = ({ method, params }: Request, state: unknown): string =>
  JSON.stringify([method, params.name ?? params.uri ?? null, state ?? null]);
