import {
  isObject,
  type JsonObject,
  LIMITS,
  type SipKey,
  sipKey,
  systemRandom,
  type TrustPolicy,
  UNTRUSTED,
} from '@spoor/core';
import { Joins } from './joins.ts';
import { Durations } from './metrics.ts';
import type { InstrumentOptions } from './options.ts';
import { GivenIds } from './propagate.ts';
import { Spans } from './spans.ts';
import { NAME, VERSION } from './version.ts';

/** Digests of ids and URIs on spans: nobody outside this process can test guesses. */
const KEY: SipKey = sipKey(systemRandom.bytes(16));

/** Ids that this process gave to peers, whichever they were. */
const GIVEN = new GivenIds();

/** Requests of one call may each get a server of their own, so all servers share these. */
const SERVED = new Joins(KEY, true);

/** Both ask the API for the global providers, and notice when these are set later. */
const SPANS = new Spans(undefined, NAME, VERSION);
const DURATIONS = new Durations(undefined, NAME, VERSION);

/** What the connections of one instrumented client, server or transport share. */
export interface Scope {
  readonly options: InstrumentOptions;
  readonly policy: TrustPolicy;
  readonly spans: Spans;
  readonly durations: Durations;
  readonly key: SipKey;
  readonly given: GivenIds;
  readonly asked: Joins;
  readonly served: Joins;
  /** Names of arguments by tool, as definition lists declare them. */
  readonly declared: Map<string, readonly string[]>;
}

export function scopeOf(options: InstrumentOptions): Scope {
  const { tracerProvider, meterProvider } = options;
  return {
    options,
    policy: options.trust ?? UNTRUSTED,
    spans: tracerProvider === undefined ? SPANS : new Spans(tracerProvider, NAME, VERSION),
    durations:
      meterProvider === undefined ? DURATIONS : new Durations(meterProvider, NAME, VERSION),
    key: KEY,
    given: GIVEN,
    asked: new Joins(KEY, false),
    served: SERVED,
    declared: new Map(),
  };
}

/** Takes the argument names from a definition list. */
export function declare(declared: Map<string, readonly string[]>, result: unknown): void {
  const tools = isObject(result) && Array.isArray(result.tools) ? result.tools : [];
  for (const tool of tools) {
    if (declared.size >= LIMITS.toolsPerServerMax) return;
    const name = isObject(tool) ? tool.name : undefined;
    if (typeof name === 'string') declared.set(name, propertiesOf(tool as JsonObject));
  }
}

function propertiesOf({ inputSchema }: JsonObject): readonly string[] {
  const properties = isObject(inputSchema) ? inputSchema.properties : undefined;
  return isObject(properties) ? Object.keys(properties).slice(0, LIMITS.argumentPathsMax) : [];
}
