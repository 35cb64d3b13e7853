import { CodedError, LIMITS, type SealedContent } from '@spoor/core';
import { parseCheckpoint } from './checkpoint.ts';
import type { Entry } from './entry.ts';
import type { Epochs } from './epochs.ts';
import {
  type Appended,
  EPOCH_AFTER_MS,
  FLUSH_AFTER_MS,
  type Ledger,
  type LedgerOptions,
  type LedgerState,
  PUBLISH_AFTER_MS,
  type Published,
  RETRY_AFTER_MS,
} from './ledger.ts';
import { type AckLevel, TreeWaits } from './levels.ts';
import { type PruneFolders, planPrune, settlePrune, stagePrune } from './prune.ts';
import { PARTIALS_KEPT, type Publisher } from './publish.ts';
import { hashPrefixed, keysOf, newLeaves, prefixLeaf, Queue } from './queue.ts';
import { placeSealed, type Stamp, stampEntry } from './stamp.ts';
import type { Timer } from './timer.ts';
import { isVaultPlace } from './vault/pack.ts';
import type { Shredded, ShredTargets } from './vault/shred.ts';
import type { Vault } from './vault/vault.ts';
import type { PrunedStatement } from './verify/pruned.ts';
import { Waits } from './waits.ts';
import type { WalWriter } from './wal/wal.ts';

/** The parts that `openLedger` has put together. */
export interface WriterParts {
  readonly options: LedgerOptions;
  readonly timer: Timer;
  readonly verifierKey: string;
  readonly stamp: Stamp;
  readonly wal: WalWriter;
  readonly vault: Vault;
  readonly publisher: Publisher;
  readonly epochs: Epochs;
  readonly prunes: PruneFolders;
  /** Reads a published leaf. */
  readonly readPublished: (index: number, size: number) => Promise<string | undefined>;
  readonly size: number;
}

/** Items that this thread makes ready in a millisecond, about. */
const ITEMS_PER_MS = 96;

/** Name of a timer that is running; at most one of each kind does. */
type Chore = 'flush' | 'publish' | 'retry';

/**
 * Sequences in memory, writes groups to the write-ahead log, publishes in batches. Writing and
 * publishing each run one at a time, side by side.
 */
export class LedgerWriter implements Ledger {
  readonly origin: string;
  readonly verifierKey: string;
  readonly #parts: WriterParts;
  readonly #queue: Queue = new Queue();
  readonly #waits: Waits = new Waits();
  readonly #treeWaits: TreeWaits;
  readonly #chores: Map<Chore, () => void> = new Map();
  readonly #listeners: Set<(published: Published) => void> = new Set();
  #state: LedgerState = 'ok';
  #size: number;
  #dropped = 0;
  #untold = 0;
  #faults = 0;
  #closed = false;
  /** How long the last write took. */
  #writeMs = 0;
  /** When this run's newest epoch began. */
  #epochSince: number;
  #writing: Promise<void> | undefined;
  #publishing: Promise<void> | undefined;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.origin = parts.options.origin;
    this.verifierKey = parts.verifierKey;
    this.#size = parts.size;
    const { published, cosigned } = parts.publisher;
    this.#treeWaits = new TreeWaits(published?.size ?? 0, cosigned?.size ?? 0);
    this.#epochSince = parts.options.clock.nowMs();
  }

  get state(): LedgerState {
    return this.#state;
  }

  get size(): number {
    return this.#size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get published(): Published | undefined {
    const newest = this.#parts.publisher.published;
    return newest && { size: newest.size, note: newest.note };
  }

  get cosigned(): Published | undefined {
    const newest = this.#parts.publisher.cosigned;
    return newest && { size: newest.size, note: newest.note };
  }

  append(entry: Entry, sealed: readonly SealedContent[] = []): Appended | undefined {
    this.#requireWritable();
    const text = stampEntry(this.#parts.stamp, entry, sealed);
    const places = placeSealed(entry.session, sealed);
    if (this.#isFull()) {
      this.#dropped++;
      this.#untold++;
      return undefined;
    }
    const prefixed = prefixLeaf(text);
    const leafHash = hashPrefixed(prefixed);
    const index = this.#size++;
    const records = sealed.map(({ record }) => record);
    const leaf = prefixed.subarray(1);
    const { ordinal } = this.#queue.add(
      { type: 'leaf', index, leaf, sealed: records },
      leafHash,
      places,
    );
    this.#flushSoon();
    return {
      index,
      leafHash,
      durable: () => this.#durable(ordinal),
      reached: (level, signal) => this.#reached(level, ordinal, index, signal),
    };
  }

  async #reached(
    level: AckLevel,
    ordinal: number,
    index: number,
    signal?: AbortSignal,
  ): Promise<void> {
    if (level === 'buffered') return;
    if (level === 'durable') return this.#durable(ordinal);
    if (this.#state === 'failed') throw this.#refusal();
    return this.#treeWaits.for(level, index + 1, signal);
  }

  /** A start begins an epoch. On a disk that refuses it goes on in the last, and tries again. */
  async begin(): Promise<void> {
    try {
      await this.rotate();
    } catch (error) {
      if (error instanceof CodedError) throw error;
      this.#epochSince = 0;
    }
  }

  /**
   * Begins the next epoch: an entry by which the outgoing key closes the tree before it.
   *
   * @throws CodedError LEDGER_WRITE_FAILED, or what the disk says where it refuses the next key
   */
  async rotate(): Promise<void> {
    const { epochs, publisher, options } = this.#parts;
    await epochs.prepare();
    if (this.#isFull() || this.#state === 'failed' || this.#closed) return;
    // From here to the append nothing else may come between: the entry states the tree before it.
    const hashes = newLeaves(this.#queue.all).map(({ hash }) => hash);
    this.append(epochs.rotate(this.#size, publisher.rootWith(hashes)));
    this.#epochSince = options.clock.nowMs();
  }

  async keepKey(session: string, kek: string, wrapped: Uint8Array): Promise<void> {
    this.#requireWritable();
    if (!isVaultPlace(session, kek)) throw new CodedError('LEAF_INVALID', 'session key');
    if (wrapped.length > LIMITS.leafBytesMax) throw new CodedError('LEAF_TOO_LARGE', 'session key');
    if (this.#isFull()) throw this.#refusal();
    const { ordinal } = this.#queue.add({ type: 'key', session, kek, wrapped }, '', []);
    this.#flushSoon();
    return this.#durable(ordinal);
  }

  async flush(): Promise<void> {
    this.#requireWritable();
    await this.#alone(() => this.#integrateAll());
  }

  async shred(
    targets: ShredTargets,
    entry: (gone: Shredded) => Entry,
  ): Promise<Appended | undefined> {
    this.#requireWritable();
    let gone: Shredded = { keys: 0, contents: 0, bytes: 0 };
    await this.#alone(async () => {
      // What waits in memory or in the write-ahead log would come into the packs again.
      await this.#integrateAll();
      gone = await this.#parts.vault.shred(targets);
    });
    this.#parts.wal.renew();
    const appended = this.append(entry(gone));
    // Publishes the entry and all before it, and retires the segment that held the content.
    await this.flush();
    return appended;
  }

  async prune(minimum: number, entry: (pruned: PrunedStatement) => Entry): Promise<Appended> {
    this.#requireWritable();
    const { prunes, options } = this.#parts;
    // Publishes what was appended, and ends what a fault has left of a pruning before.
    await this.flush();
    await this.#alone(() => settlePrune(prunes, this.#publishedSize));
    if (minimum > this.#publishedSize) {
      throw new CodedError('LEDGER_PRUNE_REFUSED', `${minimum} is beyond what is published`);
    }
    const plan = await planPrune(prunes, minimum, Math.round(options.clock.nowMs()));
    await this.#alone(() => stagePrune(prunes, plan, this.#publishedSize));
    const appended = this.append(entry({ minimum, digest: plan.digest }));
    if (appended === undefined) throw this.#refusal();
    await this.flush();
    await this.#alone(() => settlePrune(prunes, this.#publishedSize));
    return appended;
  }

  get #publishedSize(): number {
    return this.published?.size ?? 0;
  }

  async readLeaf(index: number): Promise<string | undefined> {
    const waiting = this.#queue.leaf(index);
    if (waiting !== undefined) return waiting;
    const size = this.published?.size ?? 0;
    if (index < 0 || index >= size) return undefined;
    const leaf = await this.#parts.readPublished(index, size);
    // A publication in between replaces the bundle that was asked for.
    const isOld = leaf === undefined && size !== this.published?.size;
    return isOld ? this.readLeaf(index) : leaf;
  }

  onCheckpoint(listener: (published: Published) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async cosign(note: string): Promise<void> {
    const checkpoint = parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));
    if (checkpoint === undefined) throw new CodedError('LEDGER_UNREADABLE', 'no checkpoint');
    const { publisher } = this.#parts;
    if (this.#state === 'failed') return;
    await this.#alone(() => publisher.cosign({ ...checkpoint, note }));
    this.#treeWaits.cosigned(publisher.cosigned?.size ?? 0);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    if (this.#state !== 'failed') this.append({ kind: 'log.stop' });
    this.#closed = true;
    for (const chore of [...this.#chores.keys()]) this.#callOff(chore);
    await this.#settle();
    const isWhole = this.#state === 'ok' && this.#queue.isEmpty;
    await this.#parts.wal.close(isWhole);
    this.#treeWaits.rejectAll(new CodedError('LEDGER_WRITE_FAILED', 'it is closed'));
    if (!isWhole) throw new CodedError('LEDGER_WRITE_FAILED', 'at close');
  }

  /** Lets running work end, then writes and publishes what is left, once. */
  async #settle(): Promise<void> {
    await this.#writing;
    await this.#publishing;
    if (this.#state !== 'failed') await this.#attempt();
  }

  #durable(ordinal: number): Promise<void> {
    if (ordinal <= this.#queue.durableThrough) return Promise.resolve();
    if (this.#state !== 'ok') return Promise.reject(this.#refusal());
    const wait = this.#waits.for(ordinal);
    if (this.#writing === undefined) void this.#flush();
    return wait;
  }

  #refusal(): CodedError {
    return new CodedError(this.#state === 'failed' ? 'LEDGER_WRITE_FAILED' : 'DURABILITY_LOST');
  }

  #requireWritable(): void {
    if (this.#state === 'failed') throw new CodedError('LEDGER_WRITE_FAILED');
    if (this.#closed) throw new CodedError('LEDGER_WRITE_FAILED', 'it is closed');
  }

  #isFull(): boolean {
    return this.#queue.bytes >= LIMITS.ledgerMemoryBytesMax;
  }

  #flushSoon(): void {
    if (this.#writing !== undefined || this.#state !== 'ok' || this.#closed) return;
    if (this.#queue.unwritten === 0) return;
    this.#schedule('flush', FLUSH_AFTER_MS, () => this.#flush());
  }

  #publishSoon(): void {
    if (this.#publishing !== undefined || this.#state !== 'ok' || this.#closed) return;
    if (!this.#queue.hasDurable) return;
    const interval = this.#parts.options.publishIntervalMs ?? PUBLISH_AFTER_MS;
    const isMuch = this.#queue.bytes > LIMITS.ledgerPublishBytes;
    if (isMuch) this.#callOff('publish');
    this.#schedule('publish', isMuch ? 0 : interval, () => this.#publish());
  }

  /** Writes all that waits; never rejects. */
  #flush(): Promise<void> {
    this.#callOff('flush');
    this.#writing ??= this.#guard(() => this.#write()).finally(() => {
      this.#writing = undefined;
      // Whoever asked between the last group and here must not wait for the timer.
      if (this.#waits.isEmpty) this.#flushSoon();
      else void this.#flush();
      this.#publishSoon();
    });
    return this.#writing;
  }

  /** Publishes all that is durable; never rejects. */
  #publish(): Promise<void> {
    this.#callOff('publish');
    this.#publishing ??= this.#guard(() => this.#integrate()).finally(() => {
      this.#publishing = undefined;
      this.#publishSoon();
    });
    return this.#publishing;
  }

  async #write(): Promise<void> {
    const { clock } = this.#parts.options;
    // Entries of the same turn of the event loop go into the same group.
    await Promise.resolve();
    while (this.#queue.unwritten > 0 && this.#state !== 'failed') {
      const group = this.#queue.nextGroup(this.#groupMax());
      const start = clock.monotonicMs();
      const through = group.at(-1)?.ordinal ?? 0;
      await this.#parts.wal.append(
        group.map(({ record }) => record),
        through,
      );
      this.#writeMs = clock.monotonicMs() - start;
      this.#queue.written(group.length);
      this.#waits.resolveThrough(through);
    }
  }

  /**
   * Where making a group ready takes longer than writing it, two groups take turns: one is made
   * ready while the other is written. Elsewhere one group holds all that waits.
   */
  #groupMax(): number {
    const { unwritten } = this.#queue;
    return unwritten > 2 * ITEMS_PER_MS * Math.max(this.#writeMs, 0.5)
      ? Math.ceil(unwritten / 2)
      : unwritten;
  }

  /** Does something while nothing is published; the state follows from how it ends. */
  async #alone(work: () => Promise<void>): Promise<void> {
    while (this.#publishing !== undefined) await this.#publishing;
    let ended = false;
    this.#publishing = this.#guard(async () => {
      await work();
      ended = true;
    }).finally(() => {
      this.#publishing = undefined;
      this.#publishSoon();
    });
    await this.#publishing;
    if (!ended) throw this.#refusal();
  }

  async #integrateAll(): Promise<void> {
    await this.#durable(this.#queue.newest);
    await this.#integrate();
  }

  async #integrate(): Promise<void> {
    const items = this.#queue.durable();
    const { vault, publisher, wal } = this.#parts;
    if (items.length > 0) {
      await vault.store(
        items.flatMap(({ sealed }) => sealed),
        keysOf(items),
      );
      const leaves = newLeaves(items);
      if (leaves.length > 0) await publisher.publish(leaves);
      this.#queue.published(items.length);
      this.#announce();
    }
    await publisher.tidy(this.#closed ? 0 : PARTIALS_KEPT);
    await this.#rotateDaily();
    await wal.retire(this.#queue.publishedThrough);
  }

  async #rotateDaily(): Promise<void> {
    const age = this.#parts.options.clock.nowMs() - this.#epochSince;
    if (age >= EPOCH_AFTER_MS && !this.#closed) await this.rotate();
  }

  #announce(): void {
    const { published } = this;
    if (published === undefined) return;
    this.#treeWaits.published(published.size);
    for (const listener of this.#listeners) listener(published);
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#faults++;
    if (this.#state === 'failed') return;
    const isFinal = error instanceof CodedError && error.code === 'LEDGER_WRITE_FAILED';
    const before = this.#state;
    this.#state = isFinal ? 'failed' : 'stalled';
    this.#waits.rejectAll(this.#refusal());
    if (isFinal) this.#treeWaits.rejectAll(this.#refusal());
    for (const chore of [...this.#chores.keys()]) this.#callOff(chore);
    if (!isFinal && !this.#closed) this.#schedule('retry', RETRY_AFTER_MS, () => this.#retry());
    if (this.#state !== before) this.#parts.options.onFailure?.(this.#reason(error));
  }

  #reason(error: unknown): CodedError {
    const { code } = this.#refusal();
    const said = error instanceof Error ? error.message : String(error);
    return error instanceof CodedError && error.code === code
      ? error
      : new CodedError(code, said, error);
  }

  async #retry(): Promise<void> {
    this.#callOff('retry');
    await this.#writing;
    await this.#publishing;
    if (this.#state === 'stalled' && !this.#closed) await this.#attempt();
  }

  /** Writes, then publishes; the state is `ok` again only when both went well. */
  async #attempt(): Promise<void> {
    const faults = this.#faults;
    await this.#flush();
    // Other work on the same files is no publication.
    while (this.#publishing !== undefined) await this.#publishing;
    if (this.#faults === faults) await this.#publish();
    if (this.#faults !== faults) return;
    if (this.#state === 'stalled') this.#state = 'ok';
    this.#tellDropped();
    this.#flushSoon();
  }

  #tellDropped(): void {
    if (this.#untold === 0 || this.#closed) return;
    const count = this.#untold;
    this.#untold = 0;
    this.append({ kind: 'events.dropped', detail: { count } });
  }

  #schedule(chore: Chore, delayMs: number, run: () => unknown): void {
    if (this.#chores.has(chore)) return;
    this.#chores.set(chore, this.#parts.timer.after(delayMs, run));
  }

  #callOff(chore: Chore): void {
    this.#chores.get(chore)?.();
    this.#chores.delete(chore);
  }
}
