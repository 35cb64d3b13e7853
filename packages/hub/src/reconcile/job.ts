import { LIMITS } from '@spoor/core';
import { readLog } from '@spoor/ledger/folder';
import type { Store } from '../store/store.ts';
import { compare, type Gap, type Place } from './compare.ts';

const EVERY_MS = 60_000;
/** Entries are published within a second, rows stored within a few. */
const SETTLED_AFTER_MS = 60_000;

export interface ReconcileOptions {
  readonly ledgerPath: string;
  readonly store: Store;
  readonly found: (gaps: readonly Gap[]) => void;
  readonly nowMs: () => number;
  readonly everyMs?: number;
  readonly settledAfterMs?: number;
}

/** Compares a piece now and then, on the thread that no decision waits for. */
export class Reconciliation {
  /** `reconcileFailures`: it could not look, which is not the same as finding nothing. */
  readonly counts = { reconciled: 0, reconcileGaps: 0, reconcileFailures: 0 };
  readonly #options: ReconcileOptions;
  readonly #timer: NodeJS.Timeout;
  #place: Place = { index: 0, seq: 0 };
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: ReconcileOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), options.everyMs ?? EVERY_MS);
  }

  /** One piece; never rejects. */
  look(): Promise<void> {
    this.#running ??= this.#look().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #look(): Promise<void> {
    const { ledgerPath, store, found, nowMs, settledAfterMs = SETTLED_AFTER_MS } = this.#options;
    try {
      const piece = await compare({
        source: readLog(ledgerPath),
        store,
        place: this.#place,
        max: LIMITS.reconcilePieceMax,
        settledBeforeMs: nowMs() - settledAfterMs,
      });
      if (this.#stopped) return;
      this.#place = piece.next;
      this.counts.reconciled += piece.entries + piece.rows;
      this.counts.reconcileGaps += piece.gaps.length;
      if (piece.gaps.length > 0) found(piece.gaps);
    } catch {
      this.counts.reconcileFailures += 1;
    }
  }
}
