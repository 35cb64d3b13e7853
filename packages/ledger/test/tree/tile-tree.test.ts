import { createHash } from 'node:crypto';
import { toHex } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHasher } from '../../src/tree/hasher.ts';
import { type Tile, TileTree } from '../../src/tree/tile-tree.ts';

const hasher = createHasher((data) => createHash('sha256').update(data).digest());
const leaf = (n: number): Uint8Array => hasher.leaf(Buffer.from(String(n)));

/** RFC 6962 §2.1, word by word. */
function merkleTreeHash(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return hasher.empty();
  if (hashes.length === 1) return hashes[0] as Uint8Array;
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return hasher.node(merkleTreeHash(hashes.slice(0, k)), merkleTreeHash(hashes.slice(k)));
}

describe('TileTree', () => {
  it('has the root that RFC 6962 defines, at any size', () => {
    const leaves = Array.from({ length: 1100 }, (_, n) => leaf(n));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1100 }), (size) => {
        const tree = new TileTree(hasher);
        for (const hash of leaves.slice(0, size)) tree.push(hash, []);
        expect(toHex(tree.root())).toBe(toHex(merkleTreeHash(leaves.slice(0, size))));
      }),
      { numRuns: 40 },
    );
  });

  it('hands out each full tile once and keeps the edge of three levels', () => {
    const tree = new TileTree(hasher);
    const filled: Tile[] = [];
    const leaves = Array.from({ length: 65_793 }, (_, n) => leaf(n));
    for (const hash of leaves) tree.push(hash, filled);
    expect(filled.filter((tile) => tile.level === 0)).toHaveLength(257);
    expect(filled.filter((tile) => tile.level === 1)).toHaveLength(1);
    expect(tree.partial().map(({ level, index, hashes }) => [level, index, hashes.length])).toEqual(
      [
        [0, 257, 1],
        [1, 1, 1],
        [2, 0, 1],
      ],
    );
    expect(toHex(tree.root())).toBe(toHex(merkleTreeHash(leaves)));
  });

  it('goes on from its edge as if it had never stopped', () => {
    const whole = new TileTree(hasher);
    for (let n = 0; n < 700; n++) whole.push(leaf(n), []);
    const half = new TileTree(hasher);
    for (let n = 0; n < 300; n++) half.push(leaf(n), []);
    const rows: (readonly Uint8Array[])[] = [];
    for (const tile of half.partial()) rows[tile.level] = tile.hashes;
    const resumed = new TileTree(hasher, 300, rows);
    for (let n = 300; n < 700; n++) resumed.push(leaf(n), []);
    expect(toHex(resumed.root())).toBe(toHex(whole.root()));
  });
});
