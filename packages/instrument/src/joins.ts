import type { SpanContext } from '@opentelemetry/api';
import {
  type CallId,
  type Cause,
  isObject,
  type JsonObject,
  LIMITS,
  type Request,
  type SipKey,
  sipHash,
} from '@spoor/core';

/** One exchange of a call that takes several. */
export interface Leg {
  readonly call: CallId;
  readonly cause: Cause;
  readonly span: SpanContext | undefined;
}

/**
 * Joins exchanges to one logical call: further legs, which bring back the server's `requestState`,
 * and requests about a task, which name it. Kept as digests: the state is the server's secret.
 */
export class Joins {
  readonly #legs = new Map<string, Leg>();
  readonly #tasks = new Map<string, Leg>();
  readonly #key: SipKey;
  /** A server sees many clients: only a state of its own making tells their calls apart. */
  readonly #stateNeeded: boolean;

  constructor(key: SipKey, stateNeeded: boolean) {
    this.#key = key;
    this.#stateNeeded = stateNeeded;
  }

  /** The call that a request goes on with, if it is no new one. */
  earlier(request: Request): Leg | undefined {
    const { method, params } = request;
    if (method.startsWith('tasks/')) return this.#tasks.get(this.#digest(params.taskId));
    const { requestState, inputResponses } = params;
    if (requestState === undefined && inputResponses === undefined) return undefined;
    const key = this.#legKey(request, requestState);
    const leg = key === undefined ? undefined : this.#legs.get(key);
    if (key !== undefined) this.#legs.delete(key);
    return leg;
  }

  /** Remembers what the result says will follow. */
  answered(request: Request, leg: Leg, result: unknown): void {
    if (!isObject(result)) return;
    if (result.resultType === 'input_required') {
      const key = this.#legKey(request, result.requestState);
      if (key !== undefined) remember(this.#legs, key, leg);
    }
    const task = taskOf(result);
    if (task !== undefined && !request.method.startsWith('tasks/')) {
      remember(this.#tasks, this.#digest(task), leg);
    }
  }

  #legKey({ method, params }: Request, state: unknown): string | undefined {
    if (this.#stateNeeded && typeof state !== 'string') return undefined;
    return this.#digest([method, params.name ?? params.uri ?? null, state ?? null]);
  }

  #digest(value: unknown): string {
    return sipHash(this.#key, JSON.stringify(value ?? null));
  }
}

/** In the extension beside `resultType: "task"`, in revision 2025-11-25 within `task`. */
function taskOf(result: JsonObject): string | undefined {
  const held = isObject(result.task) ? result.task : result;
  const isTask = result.resultType === 'task' || held !== result;
  return isTask && typeof held.taskId === 'string' ? held.taskId : undefined;
}

function remember(legs: Map<string, Leg>, key: string, leg: Leg): void {
  const [oldest] = legs.keys();
  if (legs.size >= LIMITS.pendingRequestsMax && oldest !== undefined) legs.delete(oldest);
  legs.set(key, leg);
}
