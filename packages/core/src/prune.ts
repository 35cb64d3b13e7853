/** What pruning the ledger would remove, or has removed. */
import type { Hold } from './vault.ts';

export interface PruneView {
  /** Entries below it are gone already; 0 where nothing was pruned yet. */
  readonly from: number;
  /** Entries below it go; the same as `from` where nothing can. */
  readonly minimum: number;
  /** Length of those that go. */
  readonly bytes: number;
  /** The first entry that may not go though it is old enough, and why. */
  readonly stopped?: PruneStop;
  /** Of the entry that says so; absent while nothing was done. */
  readonly index?: number;
}

export interface PruneStop {
  readonly index: number;
  /** `content`: the vault still holds what the entry tells of, and is found by it. */
  readonly why: 'hold' | 'content';
  readonly hold?: Hold;
}
