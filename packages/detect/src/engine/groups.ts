import { LIMITS } from '@spoor/core';
import type { RuleState } from './states.ts';

/** State of all rules for one group key. */
export interface Group {
  /** Newest time seen, as observed. */
  rawMs: number;
  /**
   * Own clock: advances with `rawMs`, never goes back, so windows survive a clock that is set back.
   */
  nowMs: number;
  /** By index of the rule. */
  readonly states: Map<number, RuleState>;
}

/** Groups by key, the longest idle first. */
export class Groups {
  readonly byKey: Map<string, Group> = new Map();
  readonly #max: number;
  /** Idle for longer than any rule remembers: nothing of it can matter. */
  readonly #idleMs: number;
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
    // Re-inserting costs; a group that was touched lately is far from the front anyway.
    if (rawMs - known.rawMs > this.#idleMs / 8) {
      this.byKey.delete(key);
      this.byKey.set(key, known);
    }
    if (rawMs > known.rawMs) {
      known.nowMs += rawMs - known.rawMs;
      known.rawMs = rawMs;
    } else if (known.rawMs - rawMs > LIMITS.clockSkewMaxMs) known.rawMs = rawMs;
    return known;
  }

  #create(key: string, rawMs: number): Group {
    const group: Group = { rawMs, nowMs: rawMs, states: new Map() };
    this.byKey.set(key, group);
    this.#retire(rawMs);
    return group;
  }

  /** At most two per new group, so that no observation pays for many. */
  #retire(rawMs: number): void {
    let left = 2;
    for (const [key, group] of this.byKey) {
      const full = this.byKey.size > this.#max;
      if (left-- === 0 || (!full && rawMs - group.rawMs <= this.#idleMs)) return;
      if (full) this.evicted++;
      this.byKey.delete(key);
    }
  }
}
