import { CodedError, concatBytes, equalBytes } from '@spoor/core';
import { formatCheckpoint } from './checkpoint.ts';
import { type Disk, folderOf } from './disk.ts';
import { makeDurableFolder, replaceFile, STAGED_MAX, stageFiles, syncFolder } from './durable.ts';
import type { Epochs } from './epochs.ts';
import type { Lock, SignedCheckpoint } from './lock.ts';
import { sha256ByPlatform } from './platform.ts';
import { createHasher, type Hasher } from './tree/hasher.ts';
import {
  encodeBundle,
  levelSize,
  TILE_WIDTH,
  type TileLevel,
  tilePath,
  tileWidth,
} from './tree/tile.ts';
import type { Tile, TileTree } from './tree/tile-tree.ts';

export const nodeHasher: Hasher = createHasher(sha256ByPlatform);

export interface NewLeaf {
  readonly leaf: Uint8Array;
  readonly hash: Uint8Array;
}

export interface PublisherState {
  readonly tree: TileTree;
  /** Leaves of the bundle that is not full yet. */
  readonly tail: readonly Uint8Array[];
  readonly published: SignedCheckpoint | undefined;
  readonly cosigned: SignedCheckpoint | undefined;
  /** Size from which superseded partial tiles may still lie about. */
  readonly tidyFrom: number;
}

export interface PublisherOptions {
  readonly disk: Disk;
  readonly dir: string;
  readonly origin: string;
  readonly epochs: Epochs;
  readonly lock: Lock;
  readonly folders: Set<string>;
}

/** The newest checkpoint with a quorum of cosignatures, beside the newest of all. */
export const COSIGNED = 'checkpoint.cosigned';

/** Partial tiles kept beside the newest while a log grows: readers hold checkpoints before it. */
export const PARTIALS_KEPT = 8;

/** Leaves hashed before decisions and acknowledgements have their turn: about a millisecond. */
const LEAVES_A_TURN = 512;

const otherWork = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Turns durable leaves into tiles and a signed checkpoint. The checkpoint is signed and locked
 * before any tile is written, and published after all of them, so a stop at any point leaves the
 * old log or the new one, and doing it again ends in the same bytes.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  #tree: TileTree;
  #tail: readonly Uint8Array[];
  #published: SignedCheckpoint | undefined;
  #cosigned: SignedCheckpoint | undefined;
  #tidyFrom: number;

  constructor(options: PublisherOptions, state: PublisherState) {
    this.#options = options;
    this.#tree = state.tree;
    this.#tail = state.tail;
    this.#published = state.published;
    this.#cosigned = state.cosigned;
    this.#tidyFrom = state.tidyFrom;
  }

  get published(): SignedCheckpoint | undefined {
    return this.#published;
  }

  get cosigned(): SignedCheckpoint | undefined {
    return this.#cosigned;
  }

  /** Never while {@link publish} runs. @param checkpoint A published one with more lines. */
  async cosign(checkpoint: SignedCheckpoint): Promise<void> {
    if (checkpoint.size < (this.#cosigned?.size ?? 0)) return;
    const { disk, dir } = this.#options;
    const bytes = Buffer.from(checkpoint.note);
    // First the copy: readers of the other find it no older, whenever this stops.
    await replaceFile(disk, `${dir}/${COSIGNED}`, bytes);
    this.#cosigned = checkpoint;
    if (this.#published?.size !== checkpoint.size) return;
    await replaceFile(disk, `${dir}/checkpoint`, bytes);
    this.#published = checkpoint;
  }

  /** One call at a time; after a failure, call it again with the same leaves first. */
  async publish(leaves: readonly NewLeaf[]): Promise<void> {
    const tree = this.#tree.clone();
    const filled: Tile[] = [];
    for (const [i, leaf] of leaves.entries()) {
      tree.push(leaf.hash, filled);
      if (i % LEAVES_A_TURN === LEAVES_A_TURN - 1) await otherWork();
    }
    const bundled = [...this.#tail, ...leaves.map(({ leaf }) => leaf)];
    const checkpoint = this.#sign(tree);
    await this.#options.lock.swap(checkpoint);
    await this.#writeFiles([
      ...bundleFiles(bundled, tree.size),
      ...[...filled, ...tree.partial()].map(tileFile),
    ]);
    const { disk, dir } = this.#options;
    await replaceFile(disk, `${dir}/checkpoint`, Buffer.from(checkpoint.note));
    this.#tree = tree;
    this.#tail = bundled.slice(bundled.length - (tree.size % TILE_WIDTH));
    this.#published = checkpoint;
  }

  /** Root of the published tree with those leaves after it. */
  rootWith(hashes: readonly Uint8Array[]): Uint8Array {
    const tree = this.#tree.clone();
    for (const hash of hashes) tree.push(hash, []);
    return tree.root();
  }

  /**
   * Destroys the key of an epoch that is closed; removes partial tiles that full ones have
   * replaced.
   *
   * @param kept Partial tiles that stay beside the newest.
   */
  async tidy(kept: number = 0): Promise<void> {
    const { size } = this.#tree;
    await this.#options.epochs.settle(size);
    for (const level of ['entries', 0, 1, 2, 3, 4, 5] as const) {
      const last = Math.floor(levelSize(level, size) / TILE_WIDTH);
      const first = Math.floor(levelSize(level, this.#tidyFrom) / TILE_WIDTH);
      if (levelSize(level, size) === 0) break;
      for (let index = first; index <= last; index++) await this.#tidyTile(level, index, kept);
    }
    this.#tidyFrom = size;
  }

  async #tidyTile(level: TileLevel, index: number, kept: number): Promise<void> {
    const { disk, dir } = this.#options;
    const folder = `${dir}/${tilePath(level, index)}.p`;
    const width = tileWidth(level, index, this.#tree.size);
    const names = await disk.list(folder);
    if (names.length === 0) return;
    if (width === TILE_WIDTH) return disk.remove(folder);
    const older = names.map(Number).filter((other) => other !== width);
    older.sort((a, b) => b - a);
    for (const name of older.slice(kept)) await disk.remove(`${folder}/${name}`);
  }

  #sign(tree: TileTree): SignedCheckpoint {
    const { origin, epochs } = this.#options;
    const checkpoint = { origin, size: tree.size, root: tree.root() };
    return { ...checkpoint, note: epochs.sign(formatCheckpoint(checkpoint), tree.size) };
  }

  async #writeFiles(files: readonly (readonly [path: string, bytes: Uint8Array])[]): Promise<void> {
    const { disk, dir, folders } = this.#options;
    const touched = new Set<string>();
    for (let at = 0; at < files.length; at += STAGED_MAX) {
      const batch = files.slice(at, at + STAGED_MAX).map(([path, bytes]) => {
        return [`${dir}/${path}`, bytes] as const;
      });
      for (const [full] of batch) {
        const folder = folderOf(full);
        await makeDurableFolder(disk, folder, folders);
        touched.add(folder);
        // Folders of partial tiles are removed again, so they are not remembered as made.
        if (full.includes('.p/')) folders.delete(folder);
      }
      await stageFiles(disk, batch);
    }
    for (const folder of touched) await syncFolder(disk, folder);
  }
}

const tileFile = ({ level, index, hashes }: Tile): [string, Uint8Array] => [
  tilePath(level, index, hashes.length),
  concatBytes(...hashes),
];

/** @param leaves All from the start of a bundle to the end of the tree. */
function bundleFiles(leaves: readonly Uint8Array[], treeSize: number): [string, Uint8Array][] {
  const first = (treeSize - leaves.length) / TILE_WIDTH;
  const files: [string, Uint8Array][] = [];
  for (let at = 0; at < leaves.length; at += TILE_WIDTH) {
    const bundle = leaves.slice(at, at + TILE_WIDTH);
    const path = tilePath('entries', first + at / TILE_WIDTH, bundle.length);
    files.push([path, encodeBundle(bundle)]);
  }
  return files;
}

/** @throws CodedError LEDGER_TAMPERED where the tree is not the one that was signed. */
export function requireRoot(tree: TileTree, signed: SignedCheckpoint): void {
  if (equalBytes(tree.root(), signed.root)) return;
  throw new CodedError('LEDGER_TAMPERED', `the tree of size ${signed.size} has another root`);
}
