/** What must hold of a log after a stop, from its bytes alone. */
import { toHex } from '@spoor/core';
import { parseCheckpoint } from '../../src/checkpoint.ts';
import { nodeHasher } from '../../src/publish.ts';
import { decodeBundle, TILE_WIDTH, tilePath, tileWidth } from '../../src/tree/tile.ts';
import { TileTree } from '../../src/tree/tile-tree.ts';
import { packPath, readPack } from '../../src/vault/pack.ts';
import { SESSION } from '../fixtures.ts';
import type { SimulatedDisk } from './disk.ts';
import type { Promised } from './life.ts';

const checkpointOf = (note: string): ReturnType<typeof parseCheckpoint> =>
  parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));

/** The first thing that does not hold; undefined where everything does. */
export function faultOf(disk: SimulatedDisk, promised: Promised, kek: string): string | undefined {
  return faultOfTree(disk, promised) ?? faultOfVault(disk, promised, kek);
}

export function faultOfTree(disk: SimulatedDisk, promised: Promised): string | undefined {
  const note = disk.peek('/log/checkpoint')?.toString() ?? '';
  const size = checkpointOf(note)?.size ?? 0;
  const leaves = leavesOf(disk, size);
  if (leaves === undefined) return 'the entries cannot be read';
  const hashes = leaves.map((leaf) => nodeHasher.leaf(leaf));
  for (const { index, leafHash } of promised.durable) {
    const hash = hashes[index];
    if (hash === undefined || toHex(hash) !== leafHash) return `entry ${index} was lost`;
  }
  const roots = new Map<number, string>();
  const tree = new TileTree(nodeHasher);
  roots.set(0, toHex(tree.root()));
  for (const hash of hashes) {
    tree.push(hash, []);
    roots.set(tree.size, toHex(tree.root()));
  }
  for (const signed of [...promised.signed, ...promised.published, note].filter((one) => one)) {
    const checkpoint = checkpointOf(signed);
    if (checkpoint === undefined) return 'a note that states no tree';
    const root = roots.get(checkpoint.size);
    if (root === undefined) return `${checkpoint.size} were signed, ${size} are left`;
    if (root !== toHex(checkpoint.root)) return `another tree of ${checkpoint.size} was signed`;
  }
  return undefined;
}

function leavesOf(disk: SimulatedDisk, size: number): Uint8Array[] | undefined {
  const leaves: Uint8Array[] = [];
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const width = tileWidth('entries', index, size);
    const bytes = disk.peek(`/log/${tilePath('entries', index, width)}`);
    const bundle = bytes && decodeBundle(bytes, width);
    if (bundle === undefined) return undefined;
    leaves.push(...bundle);
  }
  return leaves;
}

function faultOfVault(disk: SimulatedDisk, promised: Promised, kek: string): string | undefined {
  const pack = disk.peek(`/log/${packPath(SESSION, kek)}`) ?? Buffer.alloc(0);
  const kept = new Map<string, number>();
  for (const { bytes } of readPack(pack)) {
    const key = bytes.toString('latin1');
    kept.set(key, (kept.get(key) ?? 0) + 1);
  }
  for (const [n, record] of promised.sealed.entries()) {
    const times = kept.get(Buffer.from(record).toString('latin1')) ?? 0;
    if (times !== 1) return `sealed content ${n} is there ${times} times`;
  }
  return undefined;
}
