import { type ErrorCode, equalBytes, LIMITS } from '@spoor/core';
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
import type { Note } from '../note.ts';
import { createHasher, type Hasher, type Sha256 } from '../tree/hasher.ts';
import {
  decodeBundle,
  levelSize,
  splitTile,
  TILE_WIDTH,
  tilePath,
  tileWidth,
} from '../tree/tile.ts';
import { type Tile, TileTree } from '../tree/tile-tree.ts';
import { EpochChain, ROTATED } from './epochs.ts';
import { hasher } from './hash.ts';
import { type CheckSignature, isSignature, verifyNote } from './key.ts';
import type { FormerKey } from './manifest.ts';
import { PRUNED, PRUNES, type Pruned, parsePruned, states } from './pruned.ts';
import type { LogSource } from './source.ts';
import { Tally, type Unanswered } from './tally.ts';

export interface VerifyOptions {
  /** C2SP vkey of the log, from a place that the log's keeper cannot change. */
  readonly verifierKey: string;
  /** An older signed checkpoint that was kept elsewhere. */
  readonly checkpoint?: string;
  /** Keys that the log had before this one, as its key manifest has them. */
  readonly former?: readonly FormerKey[];
  /** The key manifest that is taken to be the newest: the log must know of no newer one. */
  readonly manifest?: { readonly serial: number; readonly digest: string };
  /** Called with the entries of each bundle, in order; a log that grows meanwhile begins anew. */
  readonly onEntries?: (leaves: readonly Uint8Array[], first: number) => Promise<void> | void;
  /** Called after each bundle. */
  readonly onProgress?: (checked: number, size: number) => void;
  /** With `staleMs`: how old may the newest entry be? Heartbeats come even when nothing happens. */
  readonly nowMs?: number;
  readonly staleMs?: number;
  /** A faster SHA-256 than the one that also runs in browsers: Node's own, where there is one. */
  readonly sha256?: Sha256;
  /** The same for Ed25519. */
  readonly ed25519?: CheckSignature;
}

/** What `status` means: {@link VERIFY_CODES}. `path` names the first file that is not as it was. */
export type VerifyResult =
  | (Verified & { readonly status: 'ok' })
  | (Verified & { readonly status: 'unwitnessed' })
  | (Verified & { readonly status: 'stale'; readonly newestMs: number })
  | { readonly status: 'rolled-back'; readonly size: number; readonly expectedSize: number }
  | Tampered;

export interface Verified {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** Epochs that the log has had; 0 where it has none. */
  readonly epochs: number;
  /**
   * Entries at which the log's own key certified a new epoch, because the key of the one before was
   * gone. Whoever holds the log's own key can claim that: compare with what you know of.
   */
  readonly recovered: readonly number[];
  /** Requests without a result: under way when the log ended, or never told of. */
  readonly unanswered: Unanswered;
  /** Entries below the minimum are gone, as an entry says; all their hashes were checked. */
  readonly pruned?: PrunedFacts;
}

export interface PrunedFacts {
  readonly minimum: number;
  readonly atMs: number;
  /** Entries below it that are still there. */
  readonly kept: number;
  /** The entry that says so. */
  readonly entry: number;
}

export interface Tampered {
  readonly status: 'tampered';
  readonly path: string;
  readonly why: string;
  /** The first entry that may be concerned, where one can be named. */
  readonly index?: number;
}

/** All that a check of log and vault can end with. */
export type VerifyStatus = VerifyResult['status'] | 'payload-missing' | 'payload-shredded';

/** Error row, and so exit code, of each status but `ok`. */
export const VERIFY_CODES: Readonly<Record<Exclude<VerifyStatus, 'ok'>, ErrorCode>> = {
  tampered: 'LEDGER_TAMPERED',
  unwitnessed: 'LEDGER_UNWITNESSED',
  'rolled-back': 'LEDGER_ROLLED_BACK',
  stale: 'LEDGER_STALE',
  'payload-missing': 'PAYLOAD_MISSING',
  'payload-shredded': 'PAYLOAD_SHREDDED',
};

/** Times that a log which grows while it is read is begun again. */
const RESTARTS_MAX = 5;

/**
 * Recomputes the whole log from its bytes: the note's signature, every leaf hash, every tile on
 * every level, the root; and, given an older checkpoint, that the log still begins with that tree.
 * Sealed content is not part of the tree and is not looked at here.
 */
export async function verifyLog(source: LogSource, options: VerifyOptions): Promise<VerifyResult> {
  let published = await readCheckpoint(source, options);
  let pruned = await readMinimum(source);
  for (let restarts = 0; ; restarts++) {
    const result =
      pruned === 'malformed'
        ? tampered(PRUNED, 'what was pruned cannot be read')
        : await verifyOnce(source, published, pruned, options);
    if (result.status !== 'tampered' || restarts === RESTARTS_MAX) return result;
    // A running writer replaces partial tiles: then there is a newer checkpoint to hold them to.
    const now = await readCheckpoint(source, options);
    const prunedNow = await readMinimum(source);
    const isPruned = digestOf(prunedNow) !== digestOf(pruned);
    if ('status' in now || 'status' in published) return result;
    if (now.size <= published.size && !isPruned) return result;
    published = now;
    pruned = prunedNow;
  }
}

type Minimum = Pruned | 'malformed' | undefined;

async function readMinimum(source: LogSource): Promise<Minimum> {
  const bytes = await source.read(PRUNED);
  return bytes && (parsePruned(bytes) ?? 'malformed');
}

const digestOf = (pruned: Minimum): string =>
  typeof pruned === 'object' ? pruned.digest : String(pruned);

async function verifyOnce(
  source: LogSource,
  published: SignedTree | Tampered,
  pruned: Pruned | undefined,
  options: VerifyOptions,
): Promise<VerifyResult> {
  if ('status' in published) return published;
  const older = olderCheckpoint(options);
  if (older !== undefined && 'status' in older) return older;
  if (older !== undefined && older.origin !== published.origin) {
    return tampered('checkpoint', 'the older checkpoint is of another log');
  }
  if (older !== undefined && older.size > published.size) {
    return { status: 'rolled-back', size: published.size, expectedSize: older.size };
  }
  const closed = options.former?.at(-1)?.size ?? 0;
  if (closed > published.size) {
    return { status: 'rolled-back', size: published.size, expectedSize: closed };
  }
  if (pruned !== undefined && pruned.minimum > published.size) {
    return tampered(PRUNED, 'the minimum is beyond the log');
  }
  const walk = new Walk(source, published, older, pruned, options);
  const fault = await walk.run(options.onProgress);
  if (fault !== undefined) return fault;
  return judge(published, older, walk, options);
}

function judge(
  { origin, size, root }: Checkpoint,
  older: Checkpoint | undefined,
  { newestMs, epochs: { count, recovered }, tally, pruned }: Walk,
  { nowMs, staleMs }: VerifyOptions,
): VerifyResult {
  const { unanswered } = tally;
  const facts: Verified = {
    ...{ origin, size, root, epochs: count, recovered, unanswered },
    ...(pruned === undefined ? {} : { pruned }),
  };
  if (nowMs !== undefined && staleMs !== undefined && nowMs - newestMs > staleMs) {
    return { status: 'stale', newestMs, ...facts };
  }
  // Every log begins with the empty one, so a checkpoint of that vouches for nothing.
  return { status: older === undefined || older.size === 0 ? 'unwitnessed' : 'ok', ...facts };
}

/** A checkpoint with the note that states it. */
interface SignedTree extends Checkpoint {
  readonly note: Note;
}

async function readCheckpoint(
  source: LogSource,
  options: VerifyOptions,
): Promise<SignedTree | Tampered> {
  const bytes = await source.read('checkpoint');
  if (bytes === undefined) return tampered('checkpoint', 'there is no checkpoint');
  if (bytes.length > LIMITS.noteBytesMax) return tampered('checkpoint', 'it is over the limit');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return tampered('checkpoint', 'the note is not Unicode text');
  }
  return signedCheckpoint(text, options);
}

function signedCheckpoint(
  text: string,
  { verifierKey, ed25519 }: VerifyOptions,
): SignedTree | Tampered {
  const verified = verifyNote(text, verifierKey, ed25519);
  if (verified.status === 'unverified') return tampered('checkpoint', verified.why);
  const checkpoint = parseCheckpoint(verified.note.text);
  if (checkpoint === undefined) return tampered('checkpoint', 'the note states no tree');
  return { ...checkpoint, note: verified.note };
}

function olderCheckpoint(options: VerifyOptions): Checkpoint | Tampered | undefined {
  if (options.checkpoint === undefined) return undefined;
  const older = signedCheckpoint(options.checkpoint, options);
  if (!('status' in older)) return older;
  for (const { verifierKey, size } of options.former ?? []) {
    const former = signedCheckpoint(options.checkpoint, { ...options, verifierKey });
    if (!('status' in former) && former.size <= size) return former;
  }
  return tampered('checkpoint', `of the older checkpoint: ${older.why}`);
}

const tampered = (path: string, why: string, index?: number): Tampered => ({
  status: 'tampered',
  path,
  why,
  ...(index === undefined ? {} : { index }),
});

/** One pass over entries and tiles, in order. */
class Walk {
  /** Time of the newest entry; 0 in an empty log. */
  newestMs = 0;
  readonly epochs: EpochChain;
  readonly #source: LogSource;
  readonly #published: SignedTree;
  readonly #older: Checkpoint | undefined;
  readonly tally: Tally;
  readonly #onEntries: VerifyOptions['onEntries'];
  readonly #former: readonly FormerKey[];
  readonly #hasher: Hasher;
  readonly #tree: TileTree;
  readonly #pruned: Pruned | undefined;
  /** The entry that states what was pruned. */
  #stated: number | undefined;

  constructor(
    source: LogSource,
    published: SignedTree,
    older: Checkpoint | undefined,
    pruned: Pruned | undefined,
    { verifierKey, sha256, ed25519 = isSignature, former = [], manifest, onEntries }: VerifyOptions,
  ) {
    this.#onEntries = onEntries;
    this.#hasher = sha256 === undefined ? hasher : createHasher(sha256);
    this.#tree = new TileTree(this.#hasher);
    this.epochs = new EpochChain(verifierKey, ed25519, former);
    this.tally = new Tally(manifest);
    this.#former = former;
    this.#source = source;
    this.#published = published;
    this.#older = older;
    this.#pruned = pruned;
  }

  get pruned(): PrunedFacts | undefined {
    if (this.#pruned === undefined || this.#stated === undefined) return undefined;
    const { minimum, atMs, kept } = this.#pruned;
    return { minimum, atMs, kept: kept.size, entry: this.#stated };
  }

  async run(onProgress: VerifyOptions['onProgress']): Promise<Tampered | undefined> {
    const { size, root } = this.#published;
    const minimum = this.#pruned?.minimum ?? 0;
    // Whoever counts entries begins anew with those at 0, which may not be there any more.
    if (minimum > 0) await this.#onEntries?.([], 0);
    const bundles = Math.ceil(levelSize('entries', size) / TILE_WIDTH);
    for (let index = 0; index < bundles; index++) {
      const isGone = index * TILE_WIDTH < minimum;
      const fault = await (isGone ? this.#goneBundle(index) : this.#bundle(index));
      if (fault !== undefined) return fault;
      onProgress?.(this.#tree.size, size);
    }
    const fault = await this.#tiles(this.#tree.partial());
    if (fault !== undefined) return fault;
    if (!equalBytes(this.#tree.root(), root)) {
      return tampered('checkpoint', 'the root is not that of the entries');
    }
    if (!this.epochs.signs(this.#published.note)) {
      return tampered('checkpoint', 'the key of its epoch did not sign it');
    }
    if (minimum > 0 && this.#stated === undefined) {
      return tampered(PRUNED, 'no entry says that this was pruned', 0);
    }
    return this.#rewritten();
  }

  /** The entries are gone: their hashes stand for them, and the kept ones are held to those. */
  async #goneBundle(index: number): Promise<Tampered | undefined> {
    const path = tilePath(0, index);
    const first = index * TILE_WIDTH;
    const bytes = await this.#source.read(path);
    if (bytes === undefined) return tampered(path, 'the file is missing', first);
    const hashes = splitTile(bytes, TILE_WIDTH);
    if (hashes === undefined) return tampered(path, 'the tile has another length', first);
    const filled: Tile[] = [];
    for (const [i, hash] of hashes.entries()) {
      const fault = this.#kept(first + i, hash);
      if (fault !== undefined) return tampered(PRUNED, fault, first + i);
      this.#tree.push(hash, filled);
      const rewritten = this.#rewritten();
      if (rewritten !== undefined) return rewritten;
    }
    return this.#tiles(filled.filter(({ level }) => level > 0));
  }

  #kept(index: number, hash: Uint8Array): string | undefined {
    const leaf = this.#pruned?.kept.get(index);
    if (leaf === undefined) return undefined;
    if (!equalBytes(this.#hasher.leaf(leaf), hash)) return 'a kept entry is not the one that stood';
    const denied = this.tally.take(new TextDecoder('latin1').decode(leaf), [leaf], index);
    return denied ?? this.#rotation(leaf);
  }

  #state(leaves: readonly Uint8Array[], first: number): void {
    const pruned = this.#pruned;
    if (pruned === undefined) return;
    const at = leaves.findIndex((leaf) => states(new TextDecoder('latin1').decode(leaf), pruned));
    if (at >= 0) this.#stated ??= first + at;
  }

  async #bundle(index: number): Promise<Tampered | undefined> {
    const width = tileWidth('entries', index, this.#published.size);
    const path = tilePath('entries', index, width);
    const first = index * TILE_WIDTH;
    const bytes = await this.#source.read(path);
    if (bytes === undefined) return tampered(path, 'the file is missing', first);
    const leaves = decodeBundle(bytes, width);
    if (leaves === undefined) return tampered(path, 'the entries cannot be told apart', first);
    const filled: Tile[] = [];
    const text = new TextDecoder('latin1').decode(bytes);
    const rotates = text.includes(ROTATED);
    for (const leaf of leaves) {
      const fault = rotates ? this.#rotation(leaf) : undefined;
      if (fault !== undefined) return tampered(path, fault, this.#tree.size);
      this.#tree.push(this.#hasher.leaf(leaf), filled);
      const rewritten = this.#rewritten();
      if (rewritten !== undefined) return rewritten;
    }
    if (text.includes(PRUNES)) this.#state(leaves, first);
    await this.#onEntries?.(leaves, first);
    const denied = this.tally.take(text, leaves, first);
    if (denied !== undefined) return tampered('manifest', denied, first);
    this.newestMs = timeOf(leaves.at(-1));
    return this.#tiles(filled);
  }

  #rotation(leaf: Uint8Array): string | undefined {
    const text = new TextDecoder('latin1').decode(leaf);
    return this.epochs.take(text, this.#tree.size, () => this.#tree.root());
  }

  async #tiles(tiles: readonly Tile[]): Promise<Tampered | undefined> {
    for (const tile of tiles) {
      const path = tilePath(tile.level, tile.index, tile.hashes.length);
      const bytes = await this.#source.read(path);
      const unit = TILE_WIDTH ** tile.level;
      const first = tile.index * TILE_WIDTH * unit;
      if (bytes === undefined) return tampered(path, 'the file is missing', first);
      if (bytes.length !== tile.hashes.length * 32) {
        return tampered(path, 'the tile has another length', first);
      }
      const at = tile.hashes.findIndex(
        (hash, i) => !equalBytes(hash, bytes.subarray(i * 32, i * 32 + 32)),
      );
      if (at >= 0) return tampered(path, 'the hashes are not those below', first + at * unit);
    }
    return undefined;
  }

  /** Is the tree still the one that was signed when it had this size? */
  #rewritten(): Tampered | undefined {
    const { size } = this.#tree;
    const older = this.#older;
    const isOlder = older?.size === size;
    const closed = this.#former.find((one) => one.size === size);
    if (!isOlder && closed === undefined) return undefined;
    const root = this.#tree.root();
    if (closed !== undefined && !equalBytes(closed.root, root)) {
      return tampered('checkpoint', 'the tree that a former key closed was rewritten', 0);
    }
    if (!isOlder || equalBytes(older.root, root)) return undefined;
    return tampered('checkpoint', 'entries before the older checkpoint were rewritten', 0);
  }
}

function timeOf(leaf: Uint8Array | undefined): number {
  if (leaf === undefined) return 0;
  try {
    const { ts } = JSON.parse(new TextDecoder().decode(leaf)) as { ts?: unknown };
    return typeof ts === 'number' ? ts : 0;
  } catch {
    return 0;
  }
}
