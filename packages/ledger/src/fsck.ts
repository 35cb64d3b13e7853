/**
 * Looks at every file of a log and of its writer's state. `verifyLog` asks what a stranger asks;
 * this finds also what lies about: strays, files that are superseded, a lock that is not of this
 * log, a write-ahead log that a start would refuse.
 */
import { CodedError } from '@spoor/core';
import { parseCheckpoint } from './checkpoint.ts';
import type { Disk } from './disk.ts';
import { logOn } from './folder.ts';
import { readSigned } from './lock.ts';
import { checkByPlatform, sha256ByPlatform } from './platform.ts';
import { levelSize, TILE_WIDTH, tilePath, tileWidth } from './tree/tile.ts';
import { PayloadCheck, type PayloadReport } from './vault/check.ts';
import type { FormerKey } from './verify/manifest.ts';
import { PRUNED, parsePruned } from './verify/pruned.ts';
import { type VerifyResult, verifyLog } from './verify/verify.ts';
import { readWal } from './wal/wal.ts';

export interface FsckOptions {
  readonly disk: Disk;
  readonly dir: string;
  /** Undefined for a copy of the log alone. */
  readonly stateDir?: string;
  readonly verifierKey: string;
  readonly former?: readonly FormerKey[];
  readonly onProgress?: (checked: number, size: number) => void;
}

export interface Finding {
  /** `bad`: not as it was written. `stray`: of no use, and no harm. */
  readonly kind: 'bad' | 'stray';
  readonly path: string;
  readonly why: string;
}

export interface FsckReport {
  readonly result: VerifyResult;
  readonly payloads: PayloadReport;
  readonly findings: readonly Finding[];
  /** Entries that are durable and not published yet. */
  readonly waiting: number;
}

export async function fsck(options: FsckOptions): Promise<FsckReport> {
  const { disk, dir, stateDir, verifierKey, former = [], onProgress } = options;
  const source = logOn(disk, dir);
  const check = new PayloadCheck(source);
  const result = await verifyLog(source, {
    verifierKey,
    former,
    sha256: sha256ByPlatform,
    ed25519: checkByPlatform,
    onEntries: (leaves, first) => check.take(leaves, first),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const findings: Finding[] = [];
  if (result.status === 'tampered') {
    findings.push({ kind: 'bad', path: result.path, why: result.why });
  }
  const size = 'size' in result ? result.size : await sizeOf(options);
  findings.push(...(await strays(disk, dir, size)));
  const state = stateDir === undefined ? EMPTY : await stateFindings(options, stateDir, size);
  return {
    result,
    payloads: check.report(),
    findings: [...findings, ...state.findings],
    waiting: state.waiting,
  };
}

const EMPTY = { findings: [], waiting: 0 };

async function sizeOf({ disk, dir }: FsckOptions): Promise<number> {
  const note = Buffer.from((await disk.read(`${dir}/checkpoint`)) ?? []).toString();
  return parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))?.size ?? 0;
}

/** Files below `tile/` that are no part of the tree of that size. */
async function strays(disk: Disk, dir: string, size: number): Promise<Finding[]> {
  const wanted = new Set<string>();
  const minimum = await minimumOf(disk, dir);
  for (const level of ['entries', 0, 1, 2, 3, 4, 5] as const) {
    const tiles = Math.ceil(levelSize(level, size) / TILE_WIDTH);
    const oldest = level === 'entries' ? minimum / TILE_WIDTH : 0;
    for (let index = oldest; index < tiles; index++) {
      const width = tileWidth(level, index, size);
      wanted.add(tilePath(level, index, width));
      // Those of checkpoints before are kept for a while, for their readers.
      const older = width === TILE_WIDTH ? 0 : width;
      for (let narrower = 1; narrower < older; narrower++) {
        wanted.add(tilePath(level, index, narrower));
      }
    }
  }
  const found = await filesBelow(disk, dir, 'tile');
  return found
    .filter((path) => !wanted.has(path))
    .map((path) => ({ kind: 'stray', path, why: whyStray(path, wanted) }));
}

/** Bundles below it were pruned; a malformed file was found by `verifyLog`. */
async function minimumOf(disk: Disk, dir: string): Promise<number> {
  const bytes = await disk.read(`${dir}/${PRUNED}`);
  return (bytes && parsePruned(bytes)?.minimum) ?? 0;
}

const whyStray = (path: string, wanted: ReadonlySet<string>): string =>
  path.endsWith('.tmp')
    ? 'left by a write that was broken off'
    : path.includes('.p/') && wanted.has(path.slice(0, path.indexOf('.p/')))
      ? 'a partial tile, which the full one supersedes'
      : 'no part of the published tree';

async function filesBelow(disk: Disk, dir: string, path: string): Promise<string[]> {
  // A file cannot be listed, and an empty folder cannot be read.
  const names = await disk.list(`${dir}/${path}`).catch(() => []);
  if (names.length === 0) {
    const bytes = await disk.read(`${dir}/${path}`).catch(() => undefined);
    return bytes === undefined ? [] : [path];
  }
  const below: string[] = [];
  for (const name of names) below.push(...(await filesBelow(disk, dir, `${path}/${name}`)));
  return below;
}

async function stateFindings(
  { disk, dir, verifierKey, former = [] }: FsckOptions,
  stateDir: string,
  size: number,
): Promise<{ readonly findings: readonly Finding[]; readonly waiting: number }> {
  const findings: Finding[] = [];
  const bad = (path: string, error: unknown): void => {
    if (!(error instanceof CodedError)) throw error;
    findings.push({ kind: 'bad', path, why: error.message });
  };
  let waiting = 0;
  try {
    const { records } = await readWal(disk, `${stateDir}/wal`);
    waiting = records.filter((one) => one.type === 'leaf' && one.index >= size).length;
  } catch (error) {
    bad('wal', error);
  }
  const origin = verifierKey.split('+')[0] ?? '';
  try {
    const lock = await readSigned(disk, `${stateDir}/lock`, verifierKey, origin, former);
    const published = (await disk.read(`${dir}/checkpoint`)) !== undefined;
    if (lock === undefined && published) {
      findings.push({ kind: 'bad', path: 'lock', why: 'it is missing' });
    } else if ((lock?.size ?? 0) < size) {
      findings.push({ kind: 'bad', path: 'lock', why: 'it is older than what is published' });
    } else if (lock !== undefined && lock.size > size + waiting) {
      const why = `${lock.size} entries were signed, ${size + waiting} are left`;
      findings.push({ kind: 'bad', path: 'lock', why });
    }
  } catch (error) {
    bad('lock', error);
  }
  return { findings, waiting };
}
