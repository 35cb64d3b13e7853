import type { Disk, DiskFile } from '../src/disk.ts';

interface File {
  bytes: Buffer;
  /** What a stop of the machine would leave. */
  synced: Buffer;
}

/** What a call is, so that a test can fail some kinds and not others. */
export type DiskCall =
  | 'read'
  | 'list'
  | 'makeFolder'
  | 'open'
  | 'write'
  | 'truncate'
  | 'size'
  | 'sync'
  | 'close'
  | 'rename'
  | 'remove'
  | 'syncFolder';

/**
 * A disk in memory that forgets what was not synced: bytes of files, and names in folders. Before
 * each call `onCall` may throw, which is how tests make it fail or stop.
 */
export class MemoryDisk implements Disk {
  onCall: (call: DiskCall, path: string) => void = () => {};
  /** Share of an unsynced or failed write that reaches the disk all the same, 0 to 1. */
  torn = 0;
  /** Calls so far, for tests that fail the n-th. */
  calls: DiskCall[] = [];
  #files: Map<string, File> = new Map();
  /** Names that would survive a stop. */
  #names: Map<string, File> = new Map();

  /** Stops the machine: a new disk with what survives. */
  crash(): MemoryDisk {
    const after = new MemoryDisk();
    for (const [path, file] of this.#names) {
      const bytes = survived(file, this.torn);
      const survivor = { bytes, synced: Buffer.from(bytes) };
      after.#files.set(path, survivor);
      after.#names.set(path, survivor);
    }
    return after;
  }

  /** Paths of all files, as a program would see them. */
  paths(): string[] {
    return [...this.#files.keys()].sort();
  }

  put(path: string, bytes: Uint8Array): void {
    const file = { bytes: Buffer.from(bytes), synced: Buffer.from(bytes) };
    this.#files.set(path, file);
    this.#names.set(path, file);
  }

  clone(): MemoryDisk {
    const copy = new MemoryDisk();
    for (const [path, { bytes }] of this.#files) copy.put(path, bytes);
    return copy;
  }

  drop(path: string): void {
    this.#files.delete(path);
    this.#names.delete(path);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    await this.#call('read', path);
    const file = this.#files.get(path);
    return file && Buffer.from(file.bytes);
  }

  async list(path: string): Promise<string[]> {
    await this.#call('list', path);
    const below = [...this.#files.keys()].filter((name) => name.startsWith(`${path}/`));
    return [...new Set(below.map((name) => name.slice(path.length + 1).split('/')[0] ?? ''))];
  }

  async makeFolder(path: string): Promise<void> {
    await this.#call('makeFolder', path);
  }

  open(path: string): Promise<DiskFile> {
    return this.#open(path, false);
  }

  openDurable(path: string): Promise<DiskFile> {
    return this.#open(path, true);
  }

  async #open(path: string, durable: boolean): Promise<DiskFile> {
    await this.#call('open', path);
    const file = this.#files.get(path) ?? { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
    this.#files.set(path, file);
    return {
      write: async (bytes, offset) => {
        try {
          await this.#call('write', path);
        } catch (error) {
          put(file, bytes.subarray(0, Math.floor(this.torn * bytes.length)), offset);
          throw error;
        }
        put(file, bytes, offset);
        if (durable) file.synced = Buffer.from(file.bytes);
      },
      truncate: async (length) => {
        await this.#call('truncate', path);
        file.bytes = file.bytes.subarray(0, length);
      },
      size: async () => {
        await this.#call('size', path);
        return file.bytes.length;
      },
      sync: async () => {
        await this.#call('sync', path);
        file.synced = Buffer.from(file.bytes);
      },
      close: () => this.#call('close', path),
    };
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#call('rename', to);
    const file = this.#files.get(from);
    if (file === undefined) throw new Error(`no ${from}`);
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  async remove(path: string): Promise<void> {
    await this.#call('remove', path);
    for (const name of [...this.#files.keys()]) {
      if (name !== path && !name.startsWith(`${path}/`)) continue;
      this.#files.delete(name);
      this.#names.delete(name);
    }
  }

  async syncFolder(path: string): Promise<void> {
    await this.#call('syncFolder', path);
    const isIn = (name: string): boolean => name.slice(0, name.lastIndexOf('/')) === path;
    for (const name of [...this.#names.keys()]) if (isIn(name)) this.#names.delete(name);
    for (const [name, file] of this.#files) if (isIn(name)) this.#names.set(name, file);
  }

  async #call(call: DiskCall, path: string): Promise<void> {
    this.calls.push(call);
    this.onCall(call, path);
    await Promise.resolve();
  }
}

/** All that was synced, and of what was written since the first part. */
function survived({ bytes, synced }: File, torn: number): Buffer {
  const same = Math.min(bytes.length, synced.length);
  const differs = (i: number): boolean => i >= same || bytes[i] !== synced[i];
  let from = 0;
  while (from < bytes.length && !differs(from)) from++;
  let to = bytes.length;
  while (to > from && !differs(to - 1)) to--;
  const end = from + Math.floor(torn * (to - from));
  return Buffer.concat([
    synced.subarray(0, Math.min(from, synced.length)),
    bytes.subarray(from, end),
    synced.subarray(end),
  ]);
}

function put(file: File, bytes: Uint8Array, offset: number): void {
  if (offset + bytes.length <= file.bytes.length) {
    file.bytes.set(bytes, offset);
    return;
  }
  const length = offset + bytes.length;
  const grown = Buffer.alloc(length);
  grown.set(file.bytes);
  grown.set(bytes, offset);
  file.bytes = grown;
}

export function noSpace(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
}
