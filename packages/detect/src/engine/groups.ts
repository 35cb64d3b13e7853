import { LIMITS, type SessionId } from '@spoor/core';
import { type Hit, hitsOf, NO_HITS, type RuleState } from './states.ts';

/** State of all rules for one group key. */
export interface Group {
  readonly key: string;
  /** Newest time seen, as observed. */
  rawMs: number;
  /**
   * Own clock: advances with `rawMs`, never goes back, so windows survive a clock that is set back.
   */
  nowMs: number;
  /**
   * First matches. A rule that has seen nothing else in this group remembers what these make of it,
   * and has no state of its own.
   */
  first: readonly Hit[];
  /** By index of the rule; most groups need none. */
  states: ReadonlyMap<number, RuleState>;
  /** The one that has been idle for less long. */
  younger: Group | undefined;
  older: Group | undefined;
}

const NO_STATES: ReadonlyMap<number, RuleState> = new Map();

/**
 * Groups by key, in a line by how long they have been idle. The line is apart from the map: the
 * first key of a map that many were taken from is found by looking through their empty places.
 */
export class Groups {
  readonly byKey: Map<string, Group> = new Map();
  readonly #max: number;
  /** Idle for longer than any rule remembers: nothing of it can matter. */
  readonly #idleMs: number;
  #oldest: Group | undefined;
  #youngest: Group | undefined;
  evicted = 0;

  constructor(max: number, spanMs: number) {
    this.#max = max;
    this.#idleMs = spanMs + LIMITS.clockSkewMaxMs;
  }

  /** Time of a group's clock at an observation, without moving it. */
  clockOf(group: Group | undefined, rawMs: number): number {
    return group ? group.nowMs + Math.max(0, rawMs - group.rawMs) : rawMs;
  }

  /** The group, its clock moved to the observation. */
  touch(key: string, rawMs: number): Group {
    const known = this.byKey.get(key);
    if (!known) return this.#create(key, rawMs);
    if (known !== this.#youngest) {
      this.#unlink(known);
      this.#append(known);
    }
    if (rawMs > known.rawMs) {
      known.nowMs += rawMs - known.rawMs;
      known.rawMs = rawMs;
    } else if (known.rawMs - rawMs > LIMITS.clockSkewMaxMs) known.rawMs = rawMs;
    return known;
  }

  /** Of one rule, made anew where it has none. */
  stateOf(group: Group, rule: number, make: () => RuleState): RuleState {
    const known = group.states.get(rule);
    if (known) return known;
    const state = make();
    if (group.states === NO_STATES) group.states = new Map();
    (group.states as Map<number, RuleState>).set(rule, state);
    return state;
  }

  /** From a snapshot: in the line as they stood in it. */
  restore(part: Omit<Group, 'younger' | 'older'>): void {
    const { key, rawMs, nowMs, first, states } = part;
    const group: Group = { key, rawMs, nowMs, first, states, younger: undefined, older: undefined };
    this.byKey.set(key, group);
    this.#append(group);
  }

  /** The longest idle first. */
  *[Symbol.iterator](): Generator<Group> {
    for (let group = this.#oldest; group; group = group.younger) yield group;
  }

  /**
   * Takes out the groups of a session, and whatever else matches of it have come into: its values
   * lie there.
   */
  forget(session: SessionId): void {
    for (const group of this) if (isOf(group, session)) this.#delete(group);
  }

  #create(key: string, rawMs: number): Group {
    this.restore({ key, rawMs, nowMs: rawMs, first: NO_HITS, states: NO_STATES });
    this.#retire(rawMs);
    return this.#youngest as Group;
  }

  /** At most two per new group, so that no observation pays for many. */
  #retire(rawMs: number): void {
    for (let left = 2; left > 0; left--) {
      const group = this.#oldest;
      const full = this.byKey.size > this.#max;
      if (!group || (!full && rawMs - group.rawMs <= this.#idleMs)) return;
      if (full) this.evicted++;
      this.#delete(group);
    }
  }

  #delete(group: Group): void {
    this.byKey.delete(group.key);
    this.#unlink(group);
  }

  #append(group: Group): void {
    group.older = this.#youngest;
    group.younger = undefined;
    if (this.#youngest) this.#youngest.younger = group;
    else this.#oldest = group;
    this.#youngest = group;
  }

  #unlink({ older, younger }: Group): void {
    if (older) older.younger = younger;
    else this.#oldest = younger;
    if (younger) younger.older = older;
    else this.#youngest = older;
  }
}

function isOf({ key, first, states }: Group, session: SessionId): boolean {
  if (key.includes(session) || first.some((hit) => hit.session === session)) return true;
  for (const state of states.values())
    for (const hit of hitsOf(state)) if (hit.session === session) return true;
  return false;
}
