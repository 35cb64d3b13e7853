import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** All that the ledger asks of a disk; an argument, so that a simulator can fail or forget. */
export interface Disk {
  /** Undefined where there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Names in a folder; none where there is no such folder. */
  list(path: string): Promise<string[]>;
  /** Makes the folder and those above it, for the owner only. */
  makeFolder(path: string): Promise<void>;
  /** Opens for reading and writing, for the owner only; makes the file where it does not exist. */
  open(path: string): Promise<DiskFile>;
  /**
   * As {@link open}, but what is written is durable when the write returns (`O_DSYNC`): one call of
   * the system where writing and syncing are two.
   */
  openDurable(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a folder with what is in it; not an error where there is none. */
  remove(path: string): Promise<void>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
}

export interface DiskFile {
  /** Writes all bytes at that offset. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  /** Makes what was written durable (`fdatasync`). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const nodeDisk: Disk = {
  read: (path) => absent(readFile(path), undefined),
  list: (path) => absent(readdir(path), []),
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  open: (path) => openFile(path, 0),
  async openDurable(path) {
    const flag: number | undefined = constants.O_DSYNC;
    const file = await openFile(path, flag ?? 0);
    return flag === undefined ? syncingWrites(file) : file;
  },
  rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
  async syncFolder(path) {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

async function absent<Value, None>(reading: Promise<Value>, none: None): Promise<Value | None> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none;
    throw error;
  }
}

async function openFile(path: string, flags: number): Promise<DiskFile> {
  const handle = await openOrMake(path, flags);
  return {
    async write(bytes, offset) {
      let done = 0;
      while (done < bytes.length) {
        const rest = bytes.length - done;
        done += (await handle.write(bytes, done, rest, offset + done)).bytesWritten;
      }
    },
    truncate: (length) => handle.truncate(length),
    size: async () => (await handle.stat()).size,
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

const openOrMake = (path: string, flags: number): Promise<FileHandle> =>
  open(path, constants.O_RDWR | constants.O_CREAT | flags, 0o600);

/** For Windows, which has no `O_DSYNC`. */
const syncingWrites = (file: DiskFile): DiskFile => ({
  ...file,
  async write(bytes, offset) {
    await file.write(bytes, offset);
    await file.sync();
  },
});

export const folderOf = (path: string): string => dirname(path);
