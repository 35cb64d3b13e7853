import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '@spoor/edge/clients';
import type { Home } from '@spoor/edge/home';
import type { RemoteWords } from './remote.ts';

/** What `spoor init` did to one file, so that it can be undone byte for byte. */
export interface BackupRecord {
  /** As the client names it; it may be a link. */
  readonly path: string;
  readonly client: string;
  readonly format: 'jsonc' | 'toml';
  readonly at: readonly (readonly string[])[];
  readonly digestBefore: string;
  readonly digestAfter: string;
  readonly launcher: string;
  /** Servers that had no list of arguments. */
  readonly withoutArgs: readonly string[];
  /** What entries of servers elsewhere said. */
  readonly remotes?: Readonly<Record<string, RemoteWords>>;
  readonly timeMs: number;
}

/** Copies of configurations, each named by the path of its file, in the private state folder. */
export interface Backups {
  /** Original first, so that no record speaks of one that is not there. */
  keep(record: BackupRecord, original: string): Promise<void>;
  find(path: string): Promise<BackupRecord | undefined>;
  /** Undefined where it is missing or not what was kept. */
  original(record: BackupRecord): Promise<string | undefined>;
  drop(path: string): Promise<void>;
  all(): Promise<BackupRecord[]>;
}

export function backupsIn(home: Home): Backups {
  const folder = join(home.folder, 'clients');
  const nameOf = (path: string): string => join(folder, digestOf(path).slice(0, 32));
  const write = async (path: string, text: string): Promise<void> => {
    await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
  };
  return {
    keep: async (record, original) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await write(`${nameOf(record.path)}.original`, original);
      await write(`${nameOf(record.path)}.json`, `${JSON.stringify(record, null, 2)}\n`);
    },
    find: (path) => readRecord(`${nameOf(path)}.json`),
    original: async (record) => {
      const text = await readFile(`${nameOf(record.path)}.original`, 'utf8').catch(ifMissing);
      return text !== undefined && digestOf(text) === record.digestBefore ? text : undefined;
    },
    drop: async (path) => {
      await rm(`${nameOf(path)}.json`, { force: true });
      await rm(`${nameOf(path)}.original`, { force: true });
    },
    all: async () => {
      const names = (await readdir(folder).catch(ifMissing)) ?? [];
      const records = await Promise.all(
        names
          .filter((name) => name.endsWith('.json'))
          .map((name) => readRecord(join(folder, name))),
      );
      return records.filter((record) => record !== undefined);
    },
  };
}

async function readRecord(path: string): Promise<BackupRecord | undefined> {
  const text = await readFile(path, 'utf8').catch(ifMissing);
  return text === undefined ? undefined : (JSON.parse(text) as BackupRecord);
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
