import { LIMITS } from '@spoor/core';
import { type Disk, folderOf } from '../disk.ts';
import { makeDurableFolder, replaceFile, syncFile, syncFolder } from '../durable.ts';
import type { KeyRecord } from '../wal/record.ts';
import { frameRecord, keyPath, PACK_HEAD_BYTES, packPath, readPack } from './pack.ts';
import { type Shredded, type ShredTargets, shredVault } from './shred.ts';

export interface SealedRecord {
  readonly session: string;
  readonly kek: string;
  readonly bytes: Uint8Array;
}

/** Keeps sealed content in packs that only grow. It holds no key that opens anything. */
export class Vault {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #folders: Set<string>;
  /** Durable length of each pack written to; what lies beyond it is written over. */
  readonly #lengths: Map<string, number> = new Map();

  /** Records that are stored, so that a publication that is tried again stores none twice. */
  readonly #stored: WeakSet<SealedRecord> = new WeakSet();

  constructor(disk: Disk, root: string, folders: Set<string>) {
    this.#disk = disk;
    this.#root = root;
    this.#folders = folders;
  }

  /** On return everything is durable. Repeating it after a failure is safe. */
  async store(records: readonly SealedRecord[], keys: readonly KeyRecord[]): Promise<void> {
    const fresh = records.filter((record) => !this.#stored.has(record));
    for (const [path, group] of groupByPack(fresh)) await this.#append(path, group);
    for (const key of keys) await this.#keepKey(key);
    while (this.#lengths.size > LIMITS.vaultPacksOpenMax) {
      const [oldest = ''] = this.#lengths.keys();
      this.#lengths.delete(oldest);
    }
  }

  /**
   * After a stop, packs may end in what a publication had begun to write. All of that is in the
   * write-ahead log, so the packs named there are cut to their whole records, and of the records
   * those are returned that are not in them yet.
   */
  async missing(records: readonly SealedRecord[]): Promise<SealedRecord[]> {
    const missing: SealedRecord[] = [];
    for (const [path, group] of groupByPack(records)) {
      const bytes = Buffer.from((await this.#disk.read(`${this.#root}/${path}`)) ?? []);
      const packed = wholeRecords(bytes);
      const present = new Set(packed.map((record) => record.toString('latin1')));
      missing.push(...group.filter((record) => !present.has(latin1(record.bytes))));
      const length = packed.reduce((sum, record) => sum + PACK_HEAD_BYTES + record.length, 0);
      this.#lengths.set(path, length);
    }
    return missing;
  }

  /** Overwrites what is named; repeating it ends what a stop left. */
  async shred(targets: ShredTargets): Promise<Shredded> {
    return shredVault(this.#disk, this.#root, targets, (pack) => this.#lengths.set(pack, 0));
  }

  async #append(path: string, records: readonly SealedRecord[]): Promise<void> {
    const full = `${this.#root}/${path}`;
    await makeDurableFolder(this.#disk, folderOf(full), this.#folders);
    const file = await this.#disk.open(full);
    try {
      const size = await file.size();
      const length = this.#lengths.get(path) ?? size;
      this.#lengths.set(path, length);
      const bytes = Buffer.concat(records.map((record) => frameRecord(record.bytes)));
      if (size > length) await file.truncate(length);
      await file.write(bytes, length);
      await syncFile(file);
      if (length === 0) await syncFolder(this.#disk, folderOf(full));
      this.#lengths.set(path, length + bytes.length);
      for (const record of records) this.#stored.add(record);
    } finally {
      await file.close();
    }
  }

  /** The first key under an id stays: a sensor cannot take the key of earlier content away. */
  async #keepKey({ session, kek, wrapped }: KeyRecord): Promise<void> {
    const path = `${this.#root}/${keyPath(session, kek)}`;
    if ((await this.#disk.read(path)) !== undefined) return;
    await makeDurableFolder(this.#disk, folderOf(path), this.#folders);
    await replaceFile(this.#disk, path, wrapped);
  }
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function groupByPack(records: readonly SealedRecord[]): Map<string, SealedRecord[]> {
  const groups = new Map<string, SealedRecord[]>();
  for (const record of records) {
    const path = packPath(record.session, record.kek);
    const group = groups.get(path);
    if (group === undefined) groups.set(path, [record]);
    else group.push(record);
  }
  return groups;
}

/**
 * Records up to the cut end. A record whose data key was overwritten has a wrong checksum as well,
 * but whole ones follow it, so only what follows the last whole one is the cut end.
 */
function wholeRecords(pack: Buffer): Buffer[] {
  const records = readPack(pack);
  const last = records.findLastIndex((record) => record.whole);
  return records.slice(0, last + 1).map((record) => record.bytes);
}
