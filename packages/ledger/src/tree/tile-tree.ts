import { assert } from '@spoor/core';
import { foldRow, type Hasher } from './hasher.ts';
import { TILE_WIDTH } from './tile.ts';

export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
}

/**
 * A growing tree of which only the right edge is held: per level, the hashes of the tile that is
 * not full yet. That is all an append, a root and the next tiles need.
 */
export class TileTree {
  readonly #hasher: Hasher;
  readonly #edge: Uint8Array[][];
  #size: number;

  /**
   * @param edge Per level, the hashes of its partial tile; empty where the level's tiles are full.
   */
  constructor(hasher: Hasher, size: number = 0, edge: readonly (readonly Uint8Array[])[] = []) {
    this.#hasher = hasher;
    this.#size = size;
    this.#edge = edge.map((row) => [...row]);
    const held = this.#edge.reduce((sum, row, level) => sum + row.length * TILE_WIDTH ** level, 0);
    assert(held === size, 'the edge holds as many leaves as the tree has');
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a leaf hash; tiles that it fills are pushed to `filled`. */
  push(leafHash: Uint8Array, filled: Tile[]): void {
    this.#size++;
    let hash = leafHash;
    for (let level = 0; ; level++) {
      const row = this.#edge[level] ?? [];
      this.#edge[level] = row;
      row.push(hash);
      if (row.length < TILE_WIDTH) return;
      const index = this.#size / TILE_WIDTH ** (level + 1) - 1;
      filled.push({ level, index, hashes: row });
      this.#edge[level] = [];
      hash = foldRow(this.#hasher, row);
    }
  }

  root(): Uint8Array {
    let below: Uint8Array | undefined;
    for (const row of this.#edge) {
      const hashes = below === undefined ? row : [...row, below];
      if (hashes.length > 0) below = foldRow(this.#hasher, hashes);
    }
    return below ?? this.#hasher.empty();
  }

  /** The partial tiles. */
  partial(): Tile[] {
    return this.#edge.flatMap((row, level) => {
      const index = Math.floor(this.#size / TILE_WIDTH ** (level + 1));
      return row.length > 0 ? [{ level, index, hashes: [...row] }] : [];
    });
  }

  clone(): TileTree {
    return new TileTree(this.#hasher, this.#size, this.#edge);
  }
}
