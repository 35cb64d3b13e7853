import { CodedError, LIMITS, type Random } from '@spoor/core';
import { destroyFile } from '../destroy.ts';
import { type Disk, type DiskFile, folderOf } from '../disk.ts';
import { replaceFile, syncFolder, writeFile } from '../durable.ts';
import {
  encodeHead,
  FRAME_END_BYTES,
  FRAME_HEAD_BYTES,
  HEAD_BYTES,
  readSegment,
  SALT_BYTES,
  sealFrame,
} from './frame.ts';
import { readRecords, recordBytes, type WalRecord, writeRecord } from './record.ts';

/** A segment and the ordinal of the newest record in it. */
interface ClosedSegment {
  readonly path: string;
  readonly number: number;
  readonly through: number;
  readonly holdsContent: boolean;
}

interface OpenSegment {
  readonly path: string;
  readonly number: number;
  readonly file: DiskFile;
  readonly salt: Uint8Array;
  /** Bytes that are durable; a write that failed is written over. */
  length: number;
  through: number;
  /** Has sealed content or a session key been written to it? */
  holdsContent: boolean;
  /** How far a write that failed may have come; 0 where none did. */
  failed: number;
  /** Zeros are written up to here. */
  prepared: number;
  preparing: Promise<void> | undefined;
  /** Why nobody knows what the disk holds of those zeros: they might arrive after records. */
  broken: Error | undefined;
}

/** File that names the newest segment, so that its loss is no quiet one. Gone after a clean end. */
const NEWEST = 'newest';
/** Ending of a segment that is being destroyed. */
const GONE = '.gone';

const segmentName = (number: number): string => `${String(number).padStart(12, '0')}.wal`;

/** Before segments are removed; durable, or else a stop in between would look like a loss. */
export async function forgetNewest(disk: Disk, folder: string): Promise<void> {
  await disk.remove(`${folder}/${NEWEST}`);
  await syncFolder(disk, folder);
}

/**
 * Writes groups of records, each with one durable write. One call at a time. Segments are filled
 * with zeros ahead of the records: where the file need not grow, the disk has less to make durable.
 */
export class WalWriter {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #random: Random;
  #number: number;
  #open: OpenSegment | undefined;
  #closed: ClosedSegment[] = [];
  /** The segment that {@link NEWEST} names. */
  #marked = 0;
  #wantsNew = false;

  /** @param number Of the first segment: higher than any there. */
  constructor(disk: Disk, folder: string, random: Random, number: number) {
    this.#disk = disk;
    this.#folder = folder;
    this.#random = random;
    this.#number = number;
  }

  /** On return the records are durable. `through` is the ordinal of the last one. */
  async append(records: readonly WalRecord[], through: number): Promise<void> {
    const segment = await this.#segment();
    const isNew = segment.length === 0;
    const bytes = encodeGroup(records, segment.salt, isNew);
    // Zeros that are on their way must not arrive after the records.
    if (segment.length + bytes.length > segment.prepared) await segment.preparing;
    if (segment.broken !== undefined) throw segment.broken;
    await clearFailed(segment);
    segment.holdsContent ||= records.some(holdsContent);
    segment.failed = segment.length + bytes.length;
    await writeFile(segment.file, bytes, segment.length);
    segment.failed = 0;
    if (isNew) await this.#mark(segment.number);
    segment.length += bytes.length;
    segment.through = through;
    prepareAhead(segment);
  }

  /** What comes next goes to a new segment, so that the one that is open can be retired. */
  renew(): void {
    this.#wantsNew = true;
  }

  /**
   * Deletes closed segments whose records are all published. Sealed content is overwritten first:
   * what was shredded in the vault must not lie in what the disk gave back.
   */
  async retire(through: number): Promise<void> {
    for (let first = this.#closed[0]; first !== undefined; first = this.#closed[0]) {
      if (first.through > through || first.number >= this.#marked) return;
      if (first.holdsContent) await destroySegment(this.#disk, first.path);
      else await this.#disk.remove(first.path);
      this.#closed.shift();
    }
  }

  /** Lets go of the files; with `published` everything in them is in the log, so they go too. */
  async close(published: boolean): Promise<void> {
    await this.#shut();
    if (!published) return;
    await this.#unmark();
    await this.retire(Number.POSITIVE_INFINITY);
  }

  /** Makes the segment's name durable, and then that there is such a segment. */
  async #mark(number: number): Promise<void> {
    await syncFolder(this.#disk, this.#folder);
    const text = Buffer.from(`${segmentName(number)}\n`);
    await replaceFile(this.#disk, `${this.#folder}/${NEWEST}`, text);
    this.#marked = number;
  }

  async #unmark(): Promise<void> {
    if (this.#marked > 0) await forgetNewest(this.#disk, this.#folder);
    this.#marked = Number.POSITIVE_INFINITY;
  }

  async #segment(): Promise<OpenSegment> {
    const fits = this.#open !== undefined && this.#open.length < LIMITS.walSegmentBytes;
    if (this.#open !== undefined && fits && !this.#wantsNew) return this.#open;
    await this.#shut();
    this.#wantsNew = false;
    const number = this.#number;
    const path = `${this.#folder}/${segmentName(number)}`;
    const file = await this.#disk.openDurable(path);
    this.#number++;
    const salt = this.#random.bytes(SALT_BYTES);
    const nothing = { length: 0, through: 0, failed: 0, prepared: 0, holdsContent: false };
    const still = { preparing: undefined, broken: undefined };
    this.#open = { path, number, file, salt, ...nothing, ...still };
    return this.#open;
  }

  async #shut(): Promise<void> {
    const segment = this.#open;
    if (segment === undefined) return;
    this.#open = undefined;
    const { path, number, through, holdsContent } = segment;
    this.#closed.push({ path, number, through, holdsContent });
    await segment.preparing;
    await segment.file.close();
  }
}

/**
 * Removes a segment whose records are published. Its name goes first, durably: a stop in between
 * must not leave a segment that looks damaged.
 */
export async function destroySegment(disk: Disk, path: string): Promise<void> {
  const gone = path.replace(/\.wal$/, GONE);
  await disk.rename(path, gone);
  await syncFolder(disk, folderOf(path));
  await destroyFile(disk, gone);
}

/** What a stop left of it. */
export async function destroyGone(disk: Disk, folder: string): Promise<void> {
  for (const name of await disk.list(folder))
    if (name.endsWith(GONE)) await destroyFile(disk, `${folder}/${name}`);
}

export const holdsContent = (record: WalRecord): boolean =>
  record.type === 'key' || record.sealed.length > 0;

/** What a failed write left would make the next one, if that is torn, look like a damaged one. */
async function clearFailed(segment: OpenSegment): Promise<void> {
  if (segment.failed <= segment.length) return;
  const zeros = new Uint8Array(segment.failed - segment.length);
  await writeFile(segment.file, zeros, segment.length);
}

/** Beside the appends. A full disk is told of by the next append, which needs no zeros. */
function prepareAhead(segment: OpenSegment): void {
  const { file, length } = segment;
  const from = Math.max(segment.prepared, length);
  const end = Math.min(from + LIMITS.walPrepareBytes, LIMITS.walSegmentBytes);
  if (segment.preparing !== undefined || end <= from) return;
  if (from - length > LIMITS.walPrepareBytes / 2) return;
  segment.preparing = writeFile(file, new Uint8Array(end - from), from)
    .then(() => {
      segment.prepared = end;
    })
    .catch((error: Error) => {
      if (error instanceof CodedError) segment.broken = error;
    })
    .finally(() => {
      segment.preparing = undefined;
    });
}

function encodeGroup(records: readonly WalRecord[], salt: Uint8Array, isNew: boolean): Buffer {
  const head = isNew ? HEAD_BYTES : 0;
  const start = head + FRAME_HEAD_BYTES;
  const length = records.reduce((sum, record) => sum + recordBytes(record), start);
  const bytes = Buffer.allocUnsafe(length + FRAME_END_BYTES);
  if (isNew) bytes.set(encodeHead(salt));
  let at = start;
  for (const record of records) at = writeRecord(record, bytes, at);
  sealFrame(bytes.subarray(head), salt);
  return bytes;
}

export interface WalContent {
  readonly records: readonly WalRecord[];
  readonly paths: readonly string[];
  readonly torn: boolean;
  /** Number for the next segment. */
  readonly nextNumber: number;
}

/** The name, which was written down once the segment's first group was durable. */
async function requireNewest(
  disk: Disk,
  folder: string,
  names: string[],
): Promise<string | undefined> {
  const text = await disk.read(`${folder}/${NEWEST}`);
  if (text === undefined) return undefined;
  const newest = Buffer.from(text).toString('latin1').trim();
  if (!names.includes(newest)) throw lost(newest);
  return newest;
}

const lost = (name: string): CodedError =>
  new CodedError('LEDGER_UNREADABLE', `the write-ahead log has lost ${name.slice(-20)}`);

/** @throws CodedError LEDGER_UNREADABLE where anything but the newest end is damaged. */
export async function readWal(disk: Disk, folder: string): Promise<WalContent> {
  const names = (await disk.list(folder)).filter((name) => /^\d{12}\.wal$/.test(name)).sort();
  const newest = await requireNewest(disk, folder, names);
  const paths = names.map((name) => `${folder}/${name}`);
  const records: WalRecord[] = [];
  let torn = false;
  for (const path of paths) {
    if (torn) throw new CodedError('LEDGER_UNREADABLE', 'an older write-ahead segment is damaged');
    const segment = readSegment(Buffer.from((await disk.read(path)) ?? []));
    for (const body of segment.bodies) records.push(...readRecords(body));
    torn = segment.torn;
    if (path.endsWith(`/${newest}`) && segment.bodies.length === 0) throw lost(path);
  }
  const nextNumber = names.length === 0 ? 1 : Number.parseInt(names.at(-1) ?? '0', 10) + 1;
  return { records, paths, torn, nextNumber };
}
