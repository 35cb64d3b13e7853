import type { DetectorStats } from '@spoor/detect';
import { STATE_LOST } from './builtin.ts';
import type { DetectionRecord } from './bus.ts';
import { foundEverywhere } from './everywhere.ts';

/** @param by What took it away. */
export function stateLost(by: string, count: number, atMs: number): DetectionRecord {
  return foundEverywhere({
    rule: STATE_LOST,
    step: 'State was lost',
    matched: { by, lost: String(count) },
    group: { by },
    atMs,
  });
}

const TELL_EVERY_MS = 600_000;

const LIMITED = [
  ['groupsEvicted', 'the limit of groups'],
  ['atomsDropped', 'the limit of fingerprints'],
  ['openCallsDropped', 'the limit of open calls'],
] as const;

/** Watches what limits take away from the rules, and tells of each seldom. */
export class Losses {
  readonly #told = new Map<string, { readonly count: number; readonly atMs: number }>();

  /** What is to be told now. */
  of(stats: DetectorStats, nowMs: number): readonly DetectionRecord[] {
    return LIMITED.flatMap(([name, by]) => {
      const told = this.#told.get(name);
      const count = stats[name];
      if (count === (told?.count ?? 0)) return [];
      if (told !== undefined && nowMs - told.atMs < TELL_EVERY_MS) return [];
      this.#told.set(name, { count, atMs: nowMs });
      return [stateLost(by, count - (told?.count ?? 0), nowMs)];
    });
  }
}
