/**
 * When the key of the epoch in force is gone, nobody can close that epoch with it. The log's own
 * key then certifies the next one, by an entry that is published before anything else: no
 * checkpoint is signed for an epoch whose key does not sign it.
 */
import type { Disk } from './disk.ts';
import { folderOf } from './disk.ts';
import { replaceFile, syncFolder } from './durable.ts';
import type { Epochs } from './epochs.ts';
import type { NewLeaf, Publisher } from './publish.ts';
import { hashPrefixed, prefixLeaf } from './queue.ts';
import { type Stamp, stampEntry } from './stamp.ts';
import { readRotation } from './verify/epochs.ts';
import type { LeafRecord } from './wal/record.ts';

/** The entry lies here, durably, until it is published: the write-ahead log is not open yet. */
const pathOf = (stateDir: string): string => `${stateDir}/recovery`;

/** What a start before this one had begun. */
export async function readRecovery(disk: Disk, stateDir: string): Promise<LeafRecord[]> {
  const bytes = await disk.read(pathOf(stateDir));
  if (bytes === undefined) return [];
  const leaf = Buffer.from(bytes);
  const rotation = readRotation(leaf.toString('latin1'));
  if (rotation === undefined || rotation === 'malformed') return [];
  return [{ type: 'leaf', index: rotation.size, leaf, sealed: [] }];
}

/** The leaves with the entry after them, where one is needed. */
export async function withRecovery(
  disk: Disk,
  stateDir: string,
  leaves: readonly NewLeaf[],
  size: number,
  parts: { readonly epochs: Epochs; readonly publisher: Publisher; readonly stamp: Stamp },
): Promise<readonly NewLeaf[]> {
  const { epochs, publisher, stamp } = parts;
  if (!epochs.isLost) return leaves;
  await epochs.prepare();
  const root = publisher.rootWith(leaves.map(({ hash }) => hash));
  const prefixed = prefixLeaf(stampEntry(stamp, epochs.rotate(size, root), []));
  const leaf = prefixed.subarray(1);
  await replaceFile(disk, pathOf(stateDir), leaf);
  return [...leaves, { leaf, hash: Buffer.from(hashPrefixed(prefixed), 'hex') }];
}

export async function forgetRecovery(disk: Disk, stateDir: string): Promise<void> {
  const path = pathOf(stateDir);
  if ((await disk.read(path)) === undefined) return;
  await disk.remove(path);
  await syncFolder(disk, folderOf(path));
}
