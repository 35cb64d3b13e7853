import type { Hold } from '@spoor/core';
import type { ContentRef } from '@spoor/ledger';

/** What is to go, as found in the ledger. */
export interface Doomed {
  /** As a whole, with their keys. */
  readonly sessions: readonly string[];
  /** Contents of other sessions. */
  readonly contents: readonly ContentRef[];
  /** Calls of other sessions, whose facts go from the store. */
  readonly calls: readonly string[];
}

/** Who wants it, why, and what was named. */
export interface Warrant {
  readonly by: string;
  /** As the ledger holds it. */
  readonly reason: string;
  /** `call`, `session`, `person`, `period` or `retention`. */
  readonly what: string;
  /** What was named: ids, pseudonyms, times. */
  readonly named: Readonly<Record<string, string | number | readonly string[]>>;
}

/** On disk from before the first byte goes until the entry about it stands. */
export interface Journal extends Doomed {
  readonly warrant: Warrant;
  readonly atMs: number;
}

/** Worker to main. */
export type VaultQuestion =
  /** Takes in what lies in spools and publishes; answers {@link Readiness}. */
  | { readonly kind: 'vault.ready' }
  /** Pseudonyms that a name may have with those agents. */
  | { readonly kind: 'vault.person'; readonly person: string; readonly agents: readonly string[] }
  /** Writes the journal, and forgets what is in memory. */
  | { readonly kind: 'vault.begin'; readonly journal: Journal }
  /** Destroys, writes the entry, and ends the journal. Answers the entry's index. */
  | { readonly kind: 'vault.finish' }
  /** Removes the ledger's entries below that index; answers the index of the entry about it. */
  | {
      readonly kind: 'vault.prune';
      readonly minimum: number;
      readonly detail: Readonly<Record<string, string | number>>;
    }
  /** Writes an entry and answers its index when it is on disk. */
  | {
      readonly kind: 'vault.note';
      readonly entry: 'vault.opened' | 'config.changed';
      readonly call?: string;
      readonly session?: string;
      readonly detail: Readonly<Record<string, string | number | readonly string[]>>;
    };

export interface Readiness {
  /** Sessions with a sensor that is connected. */
  readonly running: readonly string[];
  /** Spool files that nobody could read. */
  readonly unreadable: number;
}

/** What one target means now. */
export interface Selection extends Doomed {
  readonly count: {
    readonly contents: number;
    readonly bytes: number;
    readonly calls: number;
    readonly held: number;
  };
  readonly holds: readonly Hold[];
  readonly firstMs?: number;
  readonly lastMs?: number;
}
