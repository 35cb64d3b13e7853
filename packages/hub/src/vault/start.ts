import { DAY_MS, systemClock, systemRandom } from '@spoor/core';
import type { Question, WorkerSettings } from '../bus.ts';
import type { Shredding } from '../store/shred.ts';
import type { Store } from '../store/store.ts';
import { VaultDesk } from './desk.ts';
import { Holds } from './holds.ts';
import { readJournal } from './journal.ts';

interface VaultParts {
  readonly settings: WorkerSettings;
  readonly store: Store;
  readonly ask: (question: Question) => Promise<unknown>;
  readonly sealing: () => boolean;
  /** Takes it out of what the thread has in memory. */
  readonly forget: (what: Shredding) => void;
}

const EXPIRE_EVERY_MS = 3_600_000;

/** The worker's part in keeping the vault: what may be asked of it, and what goes by itself. */
export class VaultKeeper {
  readonly desk: VaultDesk;
  readonly counts = { vaultFailures: 0, vaultExpired: 0, ledgerPruned: 0 };
  readonly #ledgerDays: number;
  #timer: NodeJS.Timeout | undefined;
  #pruning: NodeJS.Timeout | undefined;

  constructor({ settings, store, ask, sealing, forget }: VaultParts) {
    const { journalPath, holdsPath, days, bytesMax, ledgerDays } = settings.vault;
    this.#ledgerDays = ledgerDays;
    // What a stop has left of shredding is done before anything is read.
    const left = readJournal(journalPath);
    if (left !== undefined && left.warrant.what !== 'retention') store.shred(left);
    this.desk = new VaultDesk({
      ledgerPath: settings.ledgerPath,
      holds: new Holds(holdsPath),
      days,
      bytesMax,
      storeDays: Math.round(settings.retentionMs / DAY_MS),
      random: systemRandom,
      nowMs: systemClock.nowMs,
      sealing,
      ask,
      forget: (what) => {
        forget(what);
        store.shred(what);
      },
    });
  }

  /** Begins to take away what has outlived its time. */
  begin(): void {
    this.#timer = setInterval(() => void this.#expire(), EXPIRE_EVERY_MS);
    this.#pruning = setInterval(() => void this.#prune(), DAY_MS);
    void this.#expire().then(() => this.#prune());
  }

  close(): void {
    clearInterval(this.#timer);
    clearInterval(this.#pruning);
  }

  async #prune(): Promise<void> {
    if (this.#ledgerDays === 0) return;
    try {
      this.counts.ledgerPruned += await this.desk.pruneOlder(this.#ledgerDays);
    } catch {
      this.counts.vaultFailures += 1;
    }
  }

  async #expire(): Promise<void> {
    try {
      this.counts.vaultExpired += await this.desk.expire();
    } catch {
      this.counts.vaultFailures += 1;
    }
  }
}
