import { type Decision, type JsonObject, LIMITS, type Outcome, passesStopped } from '@spoor/core';
import { counts, fault } from '../counts.ts';
import type { HubOptions, InstrumentOptions } from '../options.ts';
import { processWide } from '../shared.ts';
import type { HubJoin } from './join.ts';
import type { HubPort, HubTarget, Told } from './port.ts';

/** The calls: these are decided on. */
const CALLS: ReadonlySet<string> = new Set(['tools/call', 'resources/read', 'prompts/get']);
/** What else is recorded, and goes on whatever is said of it. */
const RECORDED: ReadonlySet<string> = new Set([
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
  'sampling/createMessage',
  'elicitation/create',
]);

const PORTS = processWide('hubs', () => new Map<string, HubPort>());

/** @returns Undefined where no hub is wanted. One connection for each server and side. */
export function hubFor(options: InstrumentOptions, target: HubTarget): HubPort | undefined {
  const { hub } = options;
  const wanted = hub === undefined ? (process.env.SPOOR_HOME ?? '') !== '' : hub !== false;
  if (!wanted) return undefined;
  const given: HubOptions = typeof hub === 'object' ? hub : {};
  const key = JSON.stringify([target, given]);
  const known = PORTS.get(key);
  if (known !== undefined) return known;
  if (PORTS.size >= LIMITS.joinedServersMax) {
    counts.hubLost += 1;
    return undefined;
  }
  const port = new LazyHub(target, given);
  PORTS.set(key, port);
  return port;
}

const encoder = new TextEncoder();
const bytesOf = (message: JsonObject): Uint8Array => encoder.encode(JSON.stringify(message));

/** Loads what speaks to a hub only when one is wanted; until it stands, what is told waits. */
class LazyHub implements HubPort {
  #join: HubJoin | undefined;
  readonly #ready: Promise<HubJoin | undefined>;
  /** Steps that wait for the first contact, in order. */
  #waiting: ((join: HubJoin) => void)[] | undefined = [];

  constructor(target: HubTarget, options: HubOptions) {
    this.#ready = this.#load(target, options);
  }

  begin(told: Told): Promise<Decision | undefined> | undefined {
    const { method } = told.request;
    const stop = CALLS.has(method) || passesStopped(method) ? undefined : this.#join?.stopped;
    if (stop !== undefined) return Promise.resolve(stop);
    if (!CALLS.has(method) && !RECORDED.has(method)) return undefined;
    // Read at once: what it belongs to may change it later.
    const bytes = bytesOf(told.message);
    if (RECORDED.has(method)) {
      void this.#when((late) => late.began(told, bytes));
      return undefined;
    }
    const join = this.#join;
    if (join === undefined) {
      return this.#ready.then((late) => late?.decide(told, bytes)).catch(nothing);
    }
    if (join.waits(told)) return join.decide(told, bytes).catch(nothing);
    join.began(told, bytes);
    return undefined;
  }

  end(told: Told, answer: JsonObject): Promise<void> | undefined {
    const { method } = told.request;
    if (!CALLS.has(method) && !RECORDED.has(method)) return undefined;
    const [asked, answered] = [bytesOf(told.message), bytesOf(answer)];
    const ended = this.#when((join) => join.end(told, asked, answered));
    return told.hold ? ended : undefined;
  }

  gaveUp(told: Told, outcome: Outcome, errorType: string): void {
    void this.#when((join) => join.gaveUp(told, outcome, errorType));
  }

  async #when(step: (join: HubJoin) => Promise<void> | void): Promise<void> {
    try {
      if (this.#join !== undefined) await step(this.#join);
      else if ((this.#waiting?.length ?? 0) >= LIMITS.pendingRequestsMax) counts.hubLost += 1;
      else this.#waiting?.push((join) => void Promise.resolve(step(join)).catch(nothing));
    } catch {
      fault();
    }
  }

  async #load(target: HubTarget, options: HubOptions): Promise<HubJoin | undefined> {
    try {
      const { HubJoin } = await import('./join.ts');
      const { ownFolder } = await import('./place.ts');
      const join = new HubJoin(options.home ?? ownFolder(process.env), target, options);
      await join.ready;
      this.#join = join;
      for (const step of this.#waiting ?? []) step(join);
      return join;
    } catch {
      fault();
      return undefined;
    } finally {
      this.#waiting = undefined;
    }
  }
}

function nothing(): undefined {
  fault();
  return undefined;
}
