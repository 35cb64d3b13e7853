import type { CallId, FlowEdge, IntentRef, Observation, SessionId, Subversion } from '@spoor/core';
import type { NormFacts } from '../baseline/norms.ts';
import type { Matched } from '../rules/types.ts';

/** The hub's clock orders observations; a sensor that stands alone has only its own. */
export const timeOf = ({ time }: Observation): number =>
  time.hubMs > 0 ? time.hubMs : time.startMs;

/** What has to be known of a call between asking and ending. */
export interface OpenCall {
  readonly session: SessionId;
  /** Predicates that it has matched: none matches it twice. */
  readonly matched: ReadonlySet<number>;
  readonly flows: readonly FlowEdge[];
  readonly intent: IntentRef | undefined;
  readonly norms?: NormFacts | undefined;
  readonly subversion?: Subversion | undefined;
}

/** One match of one predicate: a step of a path. */
export interface Hit {
  readonly call: CallId;
  readonly session: SessionId;
  readonly seq: number;
  /** As observed. */
  readonly atMs: number;
  /** By the group's clock; windows are measured in it. */
  readonly clockMs: number;
  readonly predicate: number;
  readonly server: string;
  readonly tool: string;
  readonly matched: Matched;
  /** What rules count or measure of it, by field. */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

/** The beginning of a chain. */
export interface Chain {
  readonly startMs: number;
  readonly hits: readonly Hit[];
}

/**
 * What a rule remembers of one group. `chains[i]`: chains that reached step i, the best first, then
 * the best that avoid one of its calls; steps of one alternative stand after those of another.
 * `slots[i]`: newest matches of the i-th predicate. `hits`: newest matches, or the newest of each
 * value. `context`: newest match of each context rule.
 */
export type RuleState =
  | { readonly type: 'ordered'; readonly chains: (readonly Chain[])[]; context: readonly Hit[] }
  | (Held & {
      readonly type: 'unordered';
      slots: readonly (readonly Hit[])[];
      context: readonly Hit[];
    })
  | (Held & { readonly type: 'count'; hits: readonly Hit[]; context: readonly Hit[] });

/**
 * Was the rule met when it was last looked at? Kept only where that cannot be told from the matches
 * that are left: a rule that more matches, or their end, can make false.
 */
interface Held {
  held?: boolean;
}

/** All matches that a rule remembers. */
export function* hitsOf(state: RuleState): Generator<Hit> {
  yield* state.context;
  if (state.type === 'count') yield* state.hits;
  else if (state.type === 'unordered') for (const slot of state.slots) yield* slot;
  else for (const chains of state.chains) for (const { hits } of chains ?? []) yield* hits;
}

export const NO_HITS: readonly Hit[] = [];

/**
 * What one observation would do to a rule's state: a completed path, and the change if the call
 * goes on.
 */
export interface Advance {
  readonly path: readonly Hit[] | undefined;
  readonly commit: ((state: RuleState) => void) | undefined;
}

/** Those within the span; the same list where all are, because most steps let nothing expire. */
export function within(hits: readonly Hit[], clockMs: number, spanMs: number): readonly Hit[] {
  for (const { clockMs: atMs } of hits) {
    if (clockMs - atMs > spanMs) return hits.filter((hit) => clockMs - hit.clockMs <= spanMs);
  }
  return hits;
}
