import { LIMITS, type SessionId } from '@spoor/core';
import { hitsOf, type RuleState } from './states.ts';

/** State of all rules for one group key. */
export interface Group {
  readonly key: string;
  /** Newest time seen, as observed. */
  rawMs: number;
  /**
   * Own clock: advances with `rawMs`, never goes back, so windows survive a clock that is set back.
   */
  nowMs: number;
  /** By index of the rule. */
  readonly states: Map<number, RuleState>;
  /** The one that has been idle for less long. */
  younger: Group | undefined;
  older: Group | undefined;
}

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

  /** Time of the group's clock at an observation, without moving it. */
  peek(key: string, rawMs: number): number {
    const group = this.byKey.get(key);
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

  /** From a snapshot: in the line as they stood in it. */
  restore(key: string, rawMs: number, nowMs: number, states: Group['states']): void {
    const group: Group = { key, rawMs, nowMs, states, younger: undefined, older: undefined };
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
    this.restore(key, rawMs, rawMs, new Map());
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

function isOf({ key, states }: Group, session: SessionId): boolean {
  if (key.includes(session)) return true;
  for (const state of states.values())
    for (const hit of hitsOf(state)) if (hit.session === session) return true;
  return false;
}
