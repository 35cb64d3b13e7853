import { type CallId, type SessionId, sipHash } from '@spoor/core';
import type { ActionFamily } from '../examine/actions.ts';
import { passagesSize } from '../passages/memory.ts';
import { restorePassages, type StoredPassages, storePassages } from '../passages/stored.ts';
import type { Rule, RuleSet } from '../rules/types.ts';
import { sizeOf } from '../subversion/memory.ts';
import { restoreWording, type StoredWording, storeWording } from '../subversion/stored.ts';
import type { Ended } from './ended.ts';
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
  readonly ended: Ended;
}

/**
 * One line of JSON each, so that no text is as large as the state. Rules and predicates are
 * numbered by their place, so their identity goes ahead.
 */
type Line =
  | {
      readonly kind: 'rules';
      readonly version: 1;
      readonly rules: readonly string[];
      readonly predicates: readonly string[];
    }
  | { readonly kind: 'group'; readonly group: StoredGroup }
  | { readonly kind: 'session'; readonly session: StoredSession }
  | { readonly kind: 'open'; readonly call: StoredCall }
  | { readonly kind: 'ended'; readonly call: CallId };

type StoredGroup = readonly [
  key: string,
  rawMs: number,
  nowMs: number,
  states: readonly (readonly [number, RuleState])[],
  first: readonly Hit[],
];
type StoredPlace = readonly [number, FlowPlace['atom']];
/** As it is remembered, but for its predicates, which are numbered. */
type StoredCall = Omit<OpenCall, 'matched'> & {
  readonly id: CallId;
  readonly matched: readonly number[];
};

interface StoredSession {
  readonly id: SessionId;
  /** What its places are places of, by number. */
  readonly sources: readonly FlowSource[];
  readonly flow?: readonly (readonly [string, readonly StoredPlace[]])[];
  readonly intent?: readonly [
    prints: readonly string[],
    actions: readonly ActionFamily[],
    cluster: string,
  ];
  readonly wording?: StoredWording;
  readonly passages?: StoredPassages;
}

/** The same files, the same identity: only then does state mean the same. */
const identity = ({ uuid, source }: Rule): string => `${uuid} ${sipHash([0, 0, 0, 0], source)}`;

export function* writeSnapshot(memory: Memory): Generator<string> {
  for (const line of linesOf(memory)) yield JSON.stringify(line);
}

function* linesOf({ rules, groups, sessions, open, ended }: Memory): Generator<Line> {
  yield {
    kind: 'rules',
    version: 1,
    rules: rules.rules.map(identity),
    predicates: rules.predicates.map(({ name }) => name),
  };
  for (const group of groups) yield { kind: 'group', group: storeGroup(group) };
  for (const [id, memory] of sessions.memories)
    yield { kind: 'session', session: storeSession(id, memory) };
  for (const [id, call] of open)
    yield { kind: 'open', call: { ...call, id, matched: [...call.matched] } };
  for (const call of ended) yield { kind: 'ended', call };
}

const storeGroup = ({ key, rawMs, nowMs, first, states }: Group): StoredGroup => [
  key,
  rawMs,
  nowMs,
  [...states],
  first,
];

function storeSession(
  id: SessionId,
  { flow, intent, wording, passages }: SessionMemory,
): StoredSession {
  const sources = new Map<FlowSource, number>();
  const number = (source: FlowSource): number => {
    const known = sources.get(source) ?? sources.size;
    sources.set(source, known);
    return known;
  };
  const place = ({ source, atom }: FlowPlace): StoredPlace => [number(source), atom];
  const places = flow && [...flow.places].map(([print, all]) => [print, all.map(place)] as const);
  const passed = passages && storePassages(passages, number);
  return {
    id,
    sources: [...sources.keys()],
    ...(places && { flow: places }),
    ...(intent && { intent: [[...intent.prints], intent.actions, intent.cluster] as const }),
    ...(wording && { wording: storeWording(wording) }),
    ...(passed && { passages: passed }),
  };
}

/** Puts a snapshot into an empty memory. State of rules that are gone or changed is left out. */
export function readSnapshot(
  lines: Iterable<string>,
  memory: Memory,
  known: ReadonlySet<SessionId> | undefined,
): void {
  let places: Places | undefined;
  for (const text of lines) {
    const line = JSON.parse(text) as Line;
    if (line.kind === 'rules') places = placesOf(line, memory.rules);
    else if (places === undefined) throw new TypeError('a snapshot begins with its rules');
    else if (line.kind !== 'session') restore(line, places, memory);
    else if (known?.has(line.session.id) ?? true) restoreSession(line.session, memory.sessions);
  }
}

function placesOf(line: Extract<Line, { kind: 'rules' }>, now: RuleSet): Places {
  const rules = new Map(now.rules.map((rule, index) => [identity(rule), index]));
  const predicates = new Map(now.predicates.map(({ name }, index) => [name, index]));
  return new Places(
    line.rules.map((rule) => rules.get(rule)),
    line.predicates.map((name) => predicates.get(name) ?? -1),
  );
}

function restore(
  line: Exclude<Line, { kind: 'rules' | 'session' }>,
  places: Places,
  memory: Memory,
): void {
  if (line.kind === 'group') {
    const [key, rawMs, nowMs, states, first] = line.group;
    const now = { states: places.states(states), first: places.hits(first) };
    memory.groups.restore({ key, rawMs, nowMs, ...now });
  } else if (line.kind === 'open') {
    const { id, matched, ...rest } = line.call;
    const now = matched.map((predicate) => places.predicate(predicate));
    memory.open.set(id, { ...rest, matched: new Set(now) });
  } else memory.ended.add(line.call);
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
    const context = this.hits(stored.context);
    if (stored.type === 'count') return { ...stored, hits: this.hits(stored.hits), context };
    if (stored.type === 'unordered') {
      return { ...stored, slots: stored.slots.map((slot) => this.hits(slot)), context };
    }
    const chain = ({ startMs, hits }: Chain): Chain => ({ startMs, hits: this.hits(hits) });
    // JSON writes steps that no chain has reached as null.
    return { ...stored, chains: stored.chains.map((chains) => (chains ?? []).map(chain)), context };
  }

  hits(hits: readonly Hit[]): readonly Hit[] {
    return hits.map((hit) => ({ ...hit, predicate: this.predicate(hit.predicate) }));
  }
}

function restoreSession(
  { id, sources, flow, intent, wording, passages }: StoredSession,
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
  if (wording) {
    memory.wording = restoreWording(wording);
    sessions.atoms += sizeOf(memory.wording);
  }
  const passed = passages && restorePassages(passages, sources);
  if (passed) {
    memory.passages = passed;
    sessions.atoms += passagesSize(passed);
  }
  sessions.memories.set(id, memory);
}
