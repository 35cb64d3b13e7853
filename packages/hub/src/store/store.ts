import type { Alert, IdentityLevel, Observation, SessionView } from '@spoor/core';
import type { NormRow } from '@spoor/detect';
import type { KnownTool } from '../decide/definitions.ts';
import type { SessionBinding } from '../decide/sessions.ts';
import type { Shredding } from './shred.ts';

/**
 * What the hub needs of a store. Every engine passes the one suite in `test/store-suite.ts`.
 *
 * Contract: `append` returns when its rows are on disk, all of them or none; rows are never changed
 * and may come out of `seq` order, since a call that waits for the disk is recorded after its
 * successors; an observation that is appended again (because its sender does not know) replaces its
 * equal and counts once. Reads see all that was appended. A read that cannot be done throws
 * STORE_UNAVAILABLE: it never returns less instead.
 */
export interface Store {
  append(batch: Batch): void;
  /** Highest `seq` ever appended, also when its row has been pruned; 0 in a new store. */
  lastSeq(): number;
  sessions(page: PageRequest): readonly SessionView[];
  session(id: string): SessionView | undefined;
  /** The newest state of each observation of a session, in the order in which they began. */
  observations(session: string, limit: number): readonly Observation[];
  observation(call: string): Observation | undefined;
  byCase(caseId: string): Observation | undefined;
  /** Indexes of the ledger entries about a call, in order. */
  ledgerIndexes(call: string): readonly number[];
  /** Rows from a time on in `seq` order, the newest `limit` of them: what a detector replays. */
  replay(fromMs: number, limit: number): readonly Observation[];
  /** Rows after a `seq`, in their order. */
  rowsAfter(seq: number, limit: number): readonly Observation[];
  /** The newest state of each observation of a trace, in the order in which they began. */
  trace(trace: string, limit: number): readonly Observation[];
  /** Traces with rows in a time, the newest first, among so many of its newest rows. */
  traces(filter: TraceFilter): { readonly traces: readonly string[]; readonly complete: boolean };
  alerts(filter: {
    readonly open: boolean;
    readonly limit: number;
    readonly session?: string;
    readonly call?: string;
    readonly identity?: IdentityLevel;
    readonly leastProvedFirst?: boolean;
  }): readonly Alert[];
  alert(id: string): Alert | undefined;
  saveAlert(alert: Alert, fingerprint: string): void;
  /** Changes an alert that is there; its fingerprint stays. */
  updateAlert(alert: Alert): void;
  alertByFingerprint(fingerprint: string): Alert | undefined;
  bindings(sinceMs: number): readonly SessionBinding[];
  definitions(): readonly KnownTool[];
  /** What is usual and what was spent, each piece as it was appended last. */
  norms(): readonly NormRow[];
  /** Argument names that a tool's pinned schema declares; empty where none is known. */
  declaredArguments(server: string, tool: string): ReadonlySet<string>;
  counts(sinceMs: number): StoreCounts;
  /**
   * Deletes what is older, and the oldest while the store is larger. Returns how many rows went.
   */
  prune(olderThanMs: number, bytesMax: number): number;
  /**
   * Takes out what was kept of content: facts, fingerprints, clusters and projections, so that no
   * byte of them lies in its files. Rows, times, sizes and alerts stay.
   */
  shred(what: Shredding): void;
  close(): void;
}

export interface Batch {
  readonly observations: readonly Observation[];
  /** The same as JSON, where somebody has written them already. */
  readonly bodies?: readonly string[];
  readonly bindings: readonly SessionBinding[];
  readonly definitions: readonly KnownTool[];
  /** Each replaces the one with its kind and key; one without a value removes it. */
  readonly norms: readonly NormRow[];
}

export interface TraceFilter {
  readonly server?: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  readonly rowsMax: number;
}

export interface PageRequest {
  /**
   * The last session of the page before: ties in time are ordered by id, so that none is passed
   * over.
   */
  readonly before?: {
    readonly lastMs: number;
    readonly id: string;
    /** Needed where the least proved come first. */
    readonly level?: IdentityLevel;
  };
  readonly limit: number;
  readonly identity?: IdentityLevel;
  /** Else the newest. */
  readonly leastProvedFirst?: boolean;
}

export interface StoreCounts {
  readonly calls: number;
  readonly newestMs?: number;
  /** Matches per rule id. */
  readonly byRule: Readonly<Record<string, number>>;
  /** Calls per `server` newline `tool`. */
  readonly byTool: Readonly<Record<string, number>>;
}
