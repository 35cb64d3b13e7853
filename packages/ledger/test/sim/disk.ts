/**
 * A disk in memory that keeps apart what programs see and what a stop of the machine would leave.
 * What was not synced survives in any selection: of blocks of a write, and of changes of names.
 */
import type { Disk, DiskFile } from '../../src/disk.ts';
import type { Chance } from './chance.ts';

interface Change {
  readonly offset: number;
  readonly bytes: Buffer;
}

interface Inode {
  /** What programs see. */
  bytes: Buffer;
  synced: Buffer;
  /** Changes since the last sync; one of no bytes cuts the file there. */
  pending: Change[];
}

interface NameChange {
  readonly path: string;
  /** Undefined where the name was taken away. */
  readonly inode: Inode | undefined;
  readonly from?: string;
}

export type SimulatedCall = 'read' | 'write' | 'sync' | 'other';

export class SimulatedDisk implements Disk {
  /** Called while a change is under way: it may fail the call. */
  onCall: (call: SimulatedCall, path: string, bytes?: Buffer) => Promise<void> | void = () => {};
  /** A disk that says it has synced, and has not. */
  lies = false;
  #names: Map<string, Inode> = new Map();
  #syncedNames: Map<string, Inode> = new Map();
  #pendingNames: NameChange[] = [];

  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  peek(path: string): Buffer | undefined {
    return this.#names.get(path)?.bytes;
  }

  /** Changes a file behind the program's back, as damage does. */
  overwrite(path: string, bytes: Buffer | undefined): void {
    this.#names.delete(path);
    this.#syncedNames.delete(path);
    if (bytes === undefined) return;
    const inode = { bytes, synced: bytes, pending: [] };
    this.#names.set(path, inode);
    this.#syncedNames.set(path, inode);
  }

  /** A disk with what is left when the machine stops now. */
  crash(chance: Chance): SimulatedDisk {
    const block = chance.pick([512, 4_096]);
    const share = chance.pick([0, 1, chance.share(), chance.share()]);
    const names = new Map(this.#syncedNames);
    for (const { path, inode, from } of this.#pendingNames) {
      if (chance.share() >= share) continue;
      if (from !== undefined) names.delete(from);
      if (inode === undefined) names.delete(path);
      else names.set(path, inode);
    }
    const after = new SimulatedDisk();
    const seen = new Map<Inode, Buffer>();
    for (const [path, inode] of names) {
      const bytes = seen.get(inode) ?? survived(inode, block, share, chance);
      seen.set(inode, bytes);
      after.overwrite(path, bytes);
    }
    return after;
  }

  /** A copy of what programs see. */
  copy(): SimulatedDisk {
    const copy = new SimulatedDisk();
    for (const [path, { bytes }] of this.#names) copy.overwrite(path, Buffer.from(bytes));
    return copy;
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    await this.onCall('read', path);
    return this.#names.get(path)?.bytes;
  }

  async list(path: string): Promise<string[]> {
    await this.onCall('read', path);
    const below = [...this.#names.keys()].filter((name) => name.startsWith(`${path}/`));
    return [...new Set(below.map((name) => name.slice(path.length + 1).split('/')[0] ?? ''))];
  }

  async makeFolder(path: string): Promise<void> {
    await this.onCall('other', path);
  }

  open(path: string): Promise<DiskFile> {
    return this.#open(path, false);
  }

  openDurable(path: string): Promise<DiskFile> {
    return this.#open(path, true);
  }

  async #open(path: string, durable: boolean): Promise<DiskFile> {
    const inode = this.#names.get(path) ?? make();
    if (!this.#names.has(path)) this.#rename({ path, inode });
    await this.onCall('other', path);
    return {
      write: (bytes, offset) => this.#write(path, inode, Buffer.from(bytes), offset, durable),
      truncate: async (length) => {
        if (length >= inode.bytes.length) return;
        change(inode, { offset: length, bytes: Buffer.alloc(0) });
        await this.onCall('other', path);
      },
      size: async () => inode.bytes.length,
      sync: async () => {
        const { pending } = inode;
        try {
          await this.onCall('sync', path);
        } catch (error) {
          // The kernel forgets what it could not write, and the next sync succeeds.
          inode.pending = [];
          throw error;
        }
        if (!this.lies) settle(inode, pending);
      },
      close: async () => {},
    };
  }

  async #write(
    path: string,
    inode: Inode,
    bytes: Buffer,
    offset: number,
    durable: boolean,
  ): Promise<void> {
    const whole = { offset, bytes };
    inode.pending = [...inode.pending, whole];
    try {
      await this.onCall('write', path, bytes);
    } catch (error) {
      inode.pending = inode.pending.filter((one) => one !== whole);
      const part = bytes.subarray(0, Math.floor(bytes.length / 2 / 512) * 512);
      if (part.length > 0) change(inode, { offset, bytes: part });
      // A full disk takes a part, and a durable write says so once that part is durable.
      const isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC';
      if (durable && isFull && !this.lies) settle(inode, inode.pending.slice(-1));
      throw error;
    }
    inode.bytes = applied(inode.bytes, whole);
    if (durable && !this.lies) settle(inode, [whole]);
  }

  async rename(from: string, path: string): Promise<void> {
    const inode = this.#names.get(from);
    if (inode === undefined) throw new Error(`no ${from}`);
    this.#names.delete(from);
    this.#rename({ path, inode, from });
    await this.onCall('other', path);
  }

  async remove(path: string): Promise<void> {
    for (const name of [...this.#names.keys()]) {
      if (name !== path && !name.startsWith(`${path}/`)) continue;
      this.#names.delete(name);
      this.#pendingNames = [...this.#pendingNames, { path: name, inode: undefined }];
    }
    await this.onCall('other', path);
  }

  async syncFolder(path: string): Promise<void> {
    const isIn = (name: string): boolean => name.slice(0, name.lastIndexOf('/')) === path;
    const done = this.#pendingNames.filter((one) => isIn(one.path));
    await this.onCall('sync', path);
    for (const { path: name, inode, from } of done) {
      if (from !== undefined) this.#syncedNames.delete(from);
      if (inode === undefined) this.#syncedNames.delete(name);
      else this.#syncedNames.set(name, inode);
    }
    this.#pendingNames = this.#pendingNames.filter((one) => !done.includes(one));
  }

  #rename(one: NameChange & { readonly inode: Inode }): void {
    this.#names.set(one.path, one.inode);
    this.#pendingNames = [...this.#pendingNames, one];
  }
}

const make = (): Inode => ({ bytes: Buffer.alloc(0), synced: Buffer.alloc(0), pending: [] });

function change(inode: Inode, one: Change): void {
  inode.bytes = applied(inode.bytes, one);
  inode.pending = [...inode.pending, one];
}

function settle(inode: Inode, done: readonly Change[]): void {
  for (const one of done) inode.synced = applied(inode.synced, one);
  inode.pending = inode.pending.filter((one) => !done.includes(one));
}

function applied(before: Buffer, { offset, bytes }: Change): Buffer {
  if (bytes.length === 0) return before.subarray(0, offset);
  const after = Buffer.alloc(Math.max(before.length, offset + bytes.length));
  after.set(before);
  after.set(bytes, offset);
  return after;
}

/** What was synced, and of each later change some blocks, aligned as the disk has them. */
function survived(inode: Inode, block: number, share: number, chance: Chance): Buffer {
  let bytes = inode.synced;
  for (const one of inode.pending) {
    const end = one.offset + one.bytes.length;
    if (one.bytes.length === 0 && chance.share() < share) bytes = applied(bytes, one);
    for (let from = one.offset; from < end; ) {
      const to = Math.min(end, from - (from % block) + block);
      const part = one.bytes.subarray(from - one.offset, to - one.offset);
      if (chance.share() < share) bytes = applied(bytes, { offset: from, bytes: part });
      from = to;
    }
  }
  return bytes;
}

export const diskError = (code: string): Error =>
  Object.assign(new Error(`${code}: simulated`), { code });
