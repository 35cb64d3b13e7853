/** What a witness must not forget: the newest checkpoint of each log that it has cosigned. */
import { CodedError, LIMITS } from '@spoor/core';
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
import { type Disk, folderOf } from '../disk.ts';
import { makeDurableFolder, replaceFile } from '../durable.ts';
import { parseNote } from '../note.ts';
import { checkByPlatform } from '../platform.ts';
import { readCosignature } from '../verify/cosignature.ts';
import { parseWitnessKey } from '../verify/key.ts';

/** A checkpoint as the witness cosigned it. */
export interface Held extends Checkpoint {
  /** The log's note with the witness's line. */
  readonly note: string;
  /** When it was cosigned. */
  readonly timeMs: number;
}

/** One holder at a time; the caller sees to that. */
export interface WitnessState {
  read(origin: string): Held | undefined;
  all(): readonly Held[];
  /** Durable when this resolves. After it has rejected, nobody knows what is held. */
  write(held: Held): Promise<void>;
}

/**
 * All logs in one file, which is replaced as a whole. Each checkpoint must bear the witness's own
 * line, so that nothing else can be put in its place; an older file can, and nobody would see it.
 */
export class FileState implements WitnessState {
  readonly #disk: Disk;
  readonly #path: string;
  #held: ReadonlyMap<string, Held>;

  private constructor(disk: Disk, path: string, held: ReadonlyMap<string, Held>) {
    this.#disk = disk;
    this.#path = path;
    this.#held = held;
  }

  /** Begins with nothing; only where there is no such file yet. */
  static async create(disk: Disk, path: string): Promise<void> {
    await makeDurableFolder(disk, folderOf(path), new Set());
    if ((await disk.read(path)) === undefined) await replaceFile(disk, path, encode([]));
  }

  /** @throws CodedError WITNESS_STATE where it is lost or was changed */
  static async open(disk: Disk, path: string, witnessKey: string): Promise<FileState> {
    const bytes = await disk.read(path);
    if (bytes === undefined) throw new CodedError('WITNESS_STATE', `${path} is missing`);
    const held = notesOf(bytes)?.map((note) => readHeld(note, witnessKey));
    if (held === undefined) throw new CodedError('WITNESS_STATE', `${path} cannot be read`);
    const known = held.filter((one) => one !== undefined);
    if (known.length < held.length) {
      throw new CodedError('WITNESS_STATE', `${path} has a checkpoint that it did not cosign`);
    }
    return new FileState(disk, path, new Map(known.map((one) => [one.origin, one])));
  }

  read(origin: string): Held | undefined {
    return this.#held.get(origin);
  }

  all(): readonly Held[] {
    return [...this.#held.values()];
  }

  async write(held: Held): Promise<void> {
    const next = new Map(this.#held).set(held.origin, held);
    await replaceFile(this.#disk, this.#path, encode([...next.values()].map(({ note }) => note)));
    this.#held = next;
  }
}

const encode = (notes: readonly string[]): Uint8Array =>
  Buffer.from(`${JSON.stringify({ v: 1, notes }, null, 2)}\n`);

function notesOf(bytes: Uint8Array): readonly string[] | undefined {
  try {
    const { v, notes } = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    const fits = v === 1 && Array.isArray(notes) && notes.length <= LIMITS.witnessLogsMax;
    return fits && notes.every((note) => typeof note === 'string') ? notes : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where it is no checkpoint that this witness has cosigned. */
function readHeld(text: string, witnessKey: string): Held | undefined {
  const key = parseWitnessKey(witnessKey);
  const parsed = parseNote(text);
  if (key === undefined || parsed.status === 'invalid') return undefined;
  // The witness's clock may have been set back since; its own word holds whatever the time.
  const cosigned = readCosignature(parsed.note, key, Number.MAX_SAFE_INTEGER, checkByPlatform);
  const checkpoint = parseCheckpoint(parsed.note.text);
  if (cosigned.status !== 'cosigned' || checkpoint === undefined) return undefined;
  return { ...checkpoint, note: text, timeMs: cosigned.timeMs };
}
