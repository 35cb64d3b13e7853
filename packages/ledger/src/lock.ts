import { CodedError, equalBytes } from '@spoor/core';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import type { Disk } from './disk.ts';
import { replaceFile } from './durable.ts';
import { checkByPlatform } from './platform.ts';
import { verifyNote } from './verify/key.ts';
import type { FormerKey } from './verify/manifest.ts';

/** A checkpoint with the note that signs it. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: string;
}

/**
 * The newest checkpoint that was ever signed, kept apart from the log: whatever happens to the log,
 * no second tree of the same size or a smaller one is signed.
 */
export class Lock {
  readonly #disk: Disk;
  readonly #path: string;
  #held: SignedCheckpoint | undefined;

  constructor(disk: Disk, path: string, held: SignedCheckpoint | undefined) {
    this.#disk = disk;
    this.#path = path;
    this.#held = held;
  }

  /** @throws CodedError LEDGER_WRITE_FAILED where another writer was here; nothing is guessed. */
  async swap(next: SignedCheckpoint): Promise<void> {
    const held = this.#held;
    if (held !== undefined && !mayFollow(held, next)) {
      throw new CodedError('LEDGER_WRITE_FAILED', 'the next checkpoint does not follow the last');
    }
    const found = await this.#disk.read(this.#path);
    const text = found === undefined ? undefined : Buffer.from(found).toString();
    if (text !== held?.note) {
      throw new CodedError('LEDGER_WRITE_FAILED', 'another writer has signed a checkpoint');
    }
    await replaceFile(this.#disk, this.#path, Buffer.from(next.note));
    this.#held = next;
  }
}

const mayFollow = (held: Checkpoint, next: Checkpoint): boolean =>
  next.size > held.size || (next.size === held.size && equalBytes(next.root, held.root));

/**
 * Undefined where there is no file. Keys that the log had before count up to the tree that was
 * closed with them.
 *
 * @throws CodedError LEDGER_TAMPERED, LEDGER_UNREADABLE
 */
export async function readSigned(
  disk: Disk,
  path: string,
  verifierKey: string,
  origin: string,
  former: readonly FormerKey[] = [],
): Promise<SignedCheckpoint | undefined> {
  const bytes = await disk.read(path);
  if (bytes === undefined) return undefined;
  const note = Buffer.from(bytes).toString();
  const checkpoint = signedBy(note, verifierKey) ?? signedByFormer(note, former);
  if (checkpoint === undefined) throw new CodedError('LEDGER_TAMPERED', `${path} is not signed`);
  if (checkpoint.origin !== origin) {
    throw new CodedError('LEDGER_UNREADABLE', `${path} is of another log`);
  }
  return { ...checkpoint, note };
}

function signedBy(note: string, verifierKey: string): Checkpoint | undefined {
  const verified = verifyNote(note, verifierKey, checkByPlatform);
  return verified.status === 'verified' ? parseCheckpoint(verified.note.text) : undefined;
}

function signedByFormer(note: string, former: readonly FormerKey[]): Checkpoint | undefined {
  for (const { verifierKey, size, root } of former) {
    const checkpoint = signedBy(note, verifierKey);
    if (checkpoint === undefined) continue;
    if (checkpoint.size > size) {
      throw new CodedError(
        'LEDGER_TAMPERED',
        `a key that was closed at ${size} signed a later tree`,
      );
    }
    if (checkpoint.size === size && !equalBytes(checkpoint.root, root)) {
      throw new CodedError('LEDGER_TAMPERED', `another tree of ${size} entries was closed`);
    }
    return checkpoint;
  }
  return undefined;
}
