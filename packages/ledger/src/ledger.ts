import { type Clock, type CodedError, DAY_MS, type Random, type SealedContent } from '@spoor/core';
import type { Disk } from './disk.ts';
import type { Entry } from './entry.ts';
import type { AckLevel } from './levels.ts';
import type { Timer } from './timer.ts';
import type { Shredded, ShredTargets } from './vault/shred.ts';
import type { FormerKey } from './verify/manifest.ts';
import type { PrunedStatement } from './verify/pruned.ts';

export interface LedgerOptions {
  /** The log and the vault: may be served and copied. */
  readonly dir: string;
  /** Write-ahead log, lock and key: for the writer only, better on another volume. */
  readonly stateDir: string;
  /**
   * Name of the log, without a scheme, unique for each node and year: `host.example/spoor/2026`.
   */
  readonly origin: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Keys that the log had before its present one, as a checked key manifest has them. */
  readonly former?: readonly FormerKey[];
  readonly disk?: Disk;
  readonly timer?: Timer;
  /** Milliseconds between publications while there is something new. */
  readonly publishIntervalMs?: number;
  /**
   * Asked at start, before anything is written, with the newest published checkpoint (or that of
   * the empty tree): does somebody else know of a later one? What it throws ends the start.
   */
  readonly confirm?: (newest: Published) => Promise<void>;
  /** Called when the state gets worse: DURABILITY_LOST or LEDGER_WRITE_FAILED, with its cause. */
  readonly onFailure?: (error: CodedError) => void;
}

/**
 * `stalled`: the disk refuses writes; entries wait in memory and are tried again each second.
 * `failed`: a sync failed, or another writer was found; this writer writes no more.
 */
export type LedgerState = 'ok' | 'stalled' | 'failed';

/** A sequenced entry: its place is fixed, and it will be on disk within some 20 ms. */
export interface Appended {
  readonly index: number;
  /** RFC 6962 leaf hash, hexadecimal. */
  readonly leafHash: string;
  /**
   * Resolves when the entry, its sealed content and all before it are on disk.
   *
   * Rejects with CodedError DURABILITY_LOST at once while the ledger is stalled (the entry is still
   * kept and tried again), LEDGER_WRITE_FAILED once it has failed.
   */
  durable(): Promise<void>;
  /**
   * Resolves when the entry is as sure as that. `durable` and what comes after it reject as
   * {@link durable} does; nothing but the signal ends the wait for witnesses that do not answer.
   */
  reached(level: AckLevel, signal?: AbortSignal): Promise<void>;
}

export interface Published {
  readonly size: number;
  /** The signed note. */
  readonly note: string;
}

export interface Ledger {
  readonly origin: string;
  /** C2SP vkey. */
  readonly verifierKey: string;
  readonly state: LedgerState;
  /** Entries sequenced so far. */
  readonly size: number;
  /** Entries lost for want of memory while the disk refused, since the start. */
  readonly dropped: number;
  /** The newest checkpoint; undefined until there is one. */
  readonly published: Published | undefined;
  /** The newest that a quorum of witnesses has cosigned, with their lines. */
  readonly cosigned: Published | undefined;
  /**
   * Sequences an entry. Undefined where it was dropped, because more waits for the disk than memory
   * may hold; an `events.dropped` entry tells how many as soon as the disk takes it.
   *
   * @throws CodedError LEAF_INVALID, LEAF_TOO_LARGE; LEDGER_WRITE_FAILED once the ledger has failed
   */
  append(entry: Entry, sealed?: readonly SealedContent[]): Appended | undefined;
  /**
   * Keeps a session key, wrapped to the auditors (an `age` file). Call it before appending content
   * that was sealed under it; the same key may come again. Resolves and rejects as
   * {@link Appended.durable} does; content appended meanwhile becomes durable after the key.
   */
  keepKey(session: string, kek: string, wrapped: Uint8Array): Promise<void>;
  /** Writes and publishes all that was appended. Rejects as {@link Appended.durable} does. */
  flush(): Promise<void>;
  /**
   * Destroys sealed content, also where the write-ahead log still holds it, and then appends the
   * entry that says so. After a stop in between, ask for the same again.
   *
   * @throws CodedError as {@link Appended.durable}
   */
  shred(targets: ShredTargets, entry: (gone: Shredded) => Entry): Promise<Appended | undefined>;
  /**
   * Removes the entries below a minimum, in whole bundles; hashes stay, and so do entries without
   * which the rest could not be verified. The entry about it is published before anything goes; a
   * stop in between is ended at the next start or the next pruning.
   *
   * @param minimum A multiple of 256, above the last one and within the published tree.
   * @throws CodedError LEDGER_PRUNE_REFUSED; LEDGER_TAMPERED where what would go is not what was
   *   signed; as {@link Appended.durable}
   */
  prune(minimum: number, entry: (pruned: PrunedStatement) => Entry): Promise<Appended>;
  /** The leaf's text; undefined where there is no such entry. */
  readLeaf(index: number): Promise<string | undefined>;
  /** Called after each publication, and must not throw; the result ends it. */
  onCheckpoint(listener: (published: Published) => void): () => void;
  /**
   * Publishes the checkpoint that witnesses have cosigned: as `checkpoint.cosigned`, and as
   * `checkpoint` where no later one is published. Also after {@link close}.
   *
   * @param note A published note with further lines. One that is older than `cosigned` is ignored.
   */
  cosign(note: string): Promise<void>;
  /**
   * Writes and publishes everything.
   *
   * @throws CodedError LEDGER_WRITE_FAILED where entries could not be written
   */
  close(): Promise<void>;
}

/** Buffered entries are on disk after this long, in milliseconds. */
export const FLUSH_AFTER_MS = 20;
/** How long one key signs checkpoints. */
export const EPOCH_AFTER_MS: number = DAY_MS;
export const PUBLISH_AFTER_MS = 500;
/** Wait before a disk that refused is tried again. */
export const RETRY_AFTER_MS = 1_000;
