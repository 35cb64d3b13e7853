import { type CallId, type SessionId, sipHash } from '@spoor/core';
import type { ActionFamily } from '../examine/actions.ts';
import type { Rule, RuleSet } from '../rules/types.ts';
import type { FlowPlace, FlowSource } from './flow.ts';
import type { Group, Groups } from './groups.ts';
import type { SessionMemory, Sessions } from './sessions.ts';
import type { Chain, Hit, OpenCall, RuleState } from './states.ts';

/**
 * Everything that a detector remembers, and the rules that give the numbers in it their meaning.
 */
export interface Memory {
  readonly rules: RuleSet;
  readonly groups: Groups;
  readonly sessions: Sessions;
  readonly open: Map<CallId, OpenCall>;
}

/**
 * The state as JSON text. Rules and predicates are numbered by their place, so their identity goes
 * along.
 */
interface Snapshot {
  readonly version: 1;
  readonly rules: readonly string[];
  readonly predicates: readonly string[];
  readonly groups: readonly StoredGroup[];
  readonly sources: readonly FlowSource[];
  readonly sessions: readonly StoredSession[];
  readonly open: readonly StoredCall[];
}

type StoredGroup = readonly [string, number, number, readonly (readonly [number, RuleState])[]];
type StoredPlace = readonly [number, FlowPlace['atom']];
type StoredCall = readonly [
  CallId,
  readonly number[],
  OpenCall['flows'],
  OpenCall['intent'] | null,
  OpenCall['norms'] | null,
];

interface StoredSession {
  readonly id: SessionId;
  readonly flow?: readonly (readonly [string, readonly StoredPlace[]])[];
  readonly intent?: readonly [
    prints: readonly string[],
    actions: readonly ActionFamily[],
    cluster: string,
  ];
}

/** The same files, the same identity: only then does state mean the same. */
const identity = ({ uuid, source }: Rule): string => `${uuid} ${sipHash([0, 0, 0, 0], source)}`;

export function writeSnapshot({ rules, groups, sessions, open }: Memory): string {
  const sources = new Map<FlowSource, number>();
  const stored = [...sessions.memories].map(([id, memory]) => storeSession(id, memory, sources));
  const snapshot: Snapshot = {
    version: 1,
    rules: rules.rules.map(identity),
    predicates: rules.predicates.map(({ name }) => name),
    groups: [...groups.byKey].map(([key, group]) => storeGroup(key, group)),
    sources: [...sources.keys()],
    sessions: stored,
    open: [...open].map(([id, { matched, flows, intent, norms }]) => [
      id,
      [...matched],
      flows,
      intent ?? null,
      norms ?? null,
    ]),
  };
  return JSON.stringify(snapshot);
}

function storeGroup(key: string, group: Group): StoredGroup {
  return [key, group.rawMs, group.nowMs, [...group.states]];
}

function storeSession(
  id: SessionId,
  { flow, intent }: SessionMemory,
  sources: Map<FlowSource, number>,
): StoredSession {
  const place = ({ source, atom }: FlowPlace): StoredPlace => {
    const known = sources.get(source) ?? sources.size;
    sources.set(source, known);
    return [known, atom];
  };
  return {
    id,
    ...(flow && {
      flow: [...flow.places].map(([print, places]) => [print, places.map(place)] as const),
    }),
    ...(intent && { intent: [[...intent.prints], intent.actions, intent.cluster] as const }),
  };
}

/** Puts a snapshot into an empty memory. State of rules that are gone or changed is left out. */
export function readSnapshot(text: string, memory: Memory): void {
  const snapshot = JSON.parse(text) as Snapshot;
  const rules = new Map(memory.rules.rules.map((rule, index) => [identity(rule), index]));
  const predicates = new Map(memory.rules.predicates.map(({ name }, index) => [name, index]));
  const places = new Places(
    snapshot.rules.map((rule) => rules.get(rule)),
    snapshot.predicates.map((name) => predicates.get(name) ?? -1),
  );
  for (const [key, rawMs, nowMs, states] of snapshot.groups) {
    memory.groups.byKey.set(key, { rawMs, nowMs, states: places.states(states) });
  }
  for (const session of snapshot.sessions)
    restoreSession(session, snapshot.sources, memory.sessions);
  for (const [id, matched, flows, intent, norms] of snapshot.open) {
    const now = matched.map((predicate) => places.predicate(predicate));
    const restored = { intent: intent ?? undefined, norms: norms ?? undefined };
    memory.open.set(id, { matched: new Set(now), flows, ...restored });
  }
}

/** From numbers of the snapshot to numbers of the rules that are loaded now. */
class Places {
  readonly #rules: readonly (number | undefined)[];
  readonly #predicates: readonly number[];

  constructor(rules: readonly (number | undefined)[], predicates: readonly number[]) {
    this.#rules = rules;
    this.#predicates = predicates;
  }

  predicate(old: number): number {
    return this.#predicates[old] ?? -1;
  }

  states(stored: readonly (readonly [number, RuleState])[]): Map<number, RuleState> {
    const states = new Map<number, RuleState>();
    for (const [old, state] of stored) {
      const rule = this.#rules[old];
      if (rule !== undefined) states.set(rule, this.#state(state));
    }
    return states;
  }

  #state(stored: RuleState): RuleState {
    const context = this.#hits(stored.context);
    if (stored.type === 'count') return { ...stored, hits: this.#hits(stored.hits), context };
    if (stored.type === 'unordered') {
      return { ...stored, slots: stored.slots.map((slot) => this.#hits(slot)), context };
    }
    const chain = ({ startMs, hits }: Chain): Chain => ({ startMs, hits: this.#hits(hits) });
    // JSON writes steps that no chain has reached as null.
    return { ...stored, chains: stored.chains.map((chains) => (chains ?? []).map(chain)), context };
  }

  #hits(hits: readonly Hit[]): Hit[] {
    return hits.map((hit) => ({ ...hit, predicate: this.predicate(hit.predicate) }));
  }
}

function restoreSession(
  { id, flow, intent }: StoredSession,
  sources: readonly FlowSource[],
  sessions: Sessions,
): void {
  const memory: SessionMemory = {};
  if (intent) {
    const [prints, actions, cluster] = intent;
    memory.intent = { prints: new Set(prints), actions, cluster, dropped: 0 };
  }
  if (flow) {
    const restored = flow.map(([print, places]) => {
      const known = places.flatMap(([number, atom]) => {
        const source = sources[number];
        return source ? [{ source, atom }] : [];
      });
      return [print, known] as const;
    });
    memory.flow = { places: new Map(restored), dropped: 0 };
    sessions.atoms += memory.flow.places.size;
  }
  sessions.memories.set(id, memory);
}
