import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { emptyFile } from '../destroy.ts';
import type { Disk } from '../disk.ts';
import { syncFile } from '../durable.ts';
import { readSealed, shreddedCipher, shreddedRecord } from '../seal/record.ts';
import { isVaultPlace, type PackedRecord, packPath, readPack, sessionPath } from './pack.ts';

/** One sealed content, as the entry that it came with names it. */
export interface ContentRef {
  readonly session: string;
  readonly call: string;
  readonly part: string;
  readonly kek: string;
  /** SHA-256 of the ciphertext, hexadecimal. */
  readonly cipher: string;
}

export interface ShredTargets {
  /** Everything of these goes: their keys and their contents. */
  readonly sessions: readonly string[];
  /** Single contents of other sessions. */
  readonly contents: readonly ContentRef[];
}

/** What was destroyed; what was gone before is not counted again. */
export interface Shredded {
  readonly keys: number;
  readonly contents: number;
  readonly bytes: number;
}

/**
 * Overwrites keys and contents where they lie. Repeating it after a stop ends what was begun.
 *
 * @param emptied Called with the path, below the root, of each pack that is empty now.
 */
export async function shredVault(
  disk: Disk,
  root: string,
  targets: ShredTargets,
  emptied: (pack: string) => void,
): Promise<Shredded> {
  const sum = { keys: 0, contents: 0, bytes: 0 };
  for (const session of targets.sessions) {
    const gone = await shredSession(disk, root, session, emptied);
    for (const name of ['keys', 'contents', 'bytes'] as const) sum[name] += gone[name];
  }
  const packs = Map.groupBy(
    targets.contents.filter(({ session, kek }) => isVaultPlace(session, kek)),
    ({ session, kek }) => packPath(session, kek),
  );
  for (const [path, refs] of packs) {
    const gone = await shredContents(disk, `${root}/${path}`, refs);
    sum.contents += gone.contents;
    sum.bytes += gone.bytes;
  }
  return sum;
}

/** Keys first: without them nothing opens, whatever comes in between. */
async function shredSession(
  disk: Disk,
  root: string,
  session: string,
  emptied: (pack: string) => void,
): Promise<Shredded> {
  const sum = { keys: 0, contents: 0, bytes: 0 };
  if (!isVaultPlace(session, 'kek')) return sum;
  const folder = sessionPath(session);
  const names = await disk.list(`${root}/${folder}`);
  for (const name of names.filter((one) => one.endsWith('.age'))) {
    const bytes = await disk.read(`${root}/${folder}/${name}`);
    if (bytes === undefined || bytes.length === 0) continue;
    await emptyFile(disk, `${root}/${folder}/${name}`);
    sum.keys += 1;
  }
  for (const name of names.filter((one) => one.endsWith('.seals'))) {
    const pack = Buffer.from((await disk.read(`${root}/${folder}/${name}`)) ?? []);
    const live = readPack(pack).filter(({ bytes }) => readSealed(bytes) !== undefined);
    if (pack.length > 0) await emptyFile(disk, `${root}/${folder}/${name}`);
    emptied(`${folder}/${name}`);
    sum.contents += live.length;
    sum.bytes += live.reduce((bytes, record) => bytes + record.bytes.length, 0);
  }
  return sum;
}

/**
 * In place, and as long as they were: no older copy of the file is left behind, and whoever reads
 * the pack meanwhile finds the others where they are.
 */
async function shredContents(
  disk: Disk,
  path: string,
  refs: readonly ContentRef[],
): Promise<Omit<Shredded, 'keys'>> {
  const pack = Buffer.from((await disk.read(path)) ?? []);
  const found = await find(pack, refs);
  if (found.length === 0) return { contents: 0, bytes: 0 };
  const file = await disk.open(path);
  try {
    for (const { record, ref } of found) {
      const blank = shreddedRecord(record.bytes.length, ref.cipher);
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE(crc32(blank));
      await file.write(Buffer.concat([sum, blank]), record.at - sum.length);
    }
    await syncFile(file);
  } finally {
    await file.close();
  }
  const bytes = found.reduce((total, { record }) => total + record.bytes.length, 0);
  return { contents: found.length, bytes };
}

interface Found {
  readonly record: PackedRecord;
  readonly ref: ContentRef;
}

/** Hashing a large pack takes a while, and calls are decided meanwhile. */
async function find(pack: Buffer, refs: readonly ContentRef[]): Promise<Found[]> {
  const byCipher = new Map(refs.map((ref) => [ref.cipher, ref]));
  const found: Found[] = [];
  let bytes = 0;
  for (const record of readPack(pack)) {
    const ref = refOf(record, byCipher);
    if (ref !== undefined) found.push({ record, ref });
    bytes += record.bytes.length;
    if (bytes < BYTES_A_TURN) continue;
    bytes = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return found;
}

/** Hashed before decisions have their turn: about a millisecond. */
const BYTES_A_TURN = 1_048_576;

/** Of the record itself, or of what a stop left of destroying it. */
function refOf(
  { bytes, whole }: PackedRecord,
  byCipher: ReadonlyMap<string, ContentRef>,
): ContentRef | undefined {
  const sealed = readSealed(bytes);
  if (sealed === undefined) return whole ? undefined : byCipher.get(shreddedCipher(bytes) ?? '');
  const ref = byCipher.get(hash('sha256', sealed.ciphertext));
  if (ref !== undefined || whole) return ref;
  return [...byCipher.values()].find(
    ({ call, part }) => sealed.record === call && sealed.part === part,
  );
}
