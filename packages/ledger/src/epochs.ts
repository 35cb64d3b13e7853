/**
 * The keys that sign checkpoints beside the log's own, one for each day and each start. A key lies
 * in the writer's state until a checkpoint of the next epoch is locked; then it is destroyed.
 */
import { CodedError, type Random, toHex } from '@spoor/core';
import { type Disk, folderOf } from './disk.ts';
import { syncFile, syncFolder } from './durable.ts';
import type { Entry } from './entry.ts';
import { logOn } from './folder.ts';
import { loadSigner, makeSigner, type NoteSigner } from './key.ts';
import { parseNote } from './note.ts';
import { checkByPlatform } from './platform.ts';
import { epochName, type Rotation, readRotation, rotationText } from './verify/epochs.ts';
import { formatVerifierKey, parseVerifierKey, signsNote } from './verify/key.ts';
import { readLeaves } from './verify/source.ts';

interface Epoch {
  readonly number: number;
  readonly signer: NoteSigner;
  /** Index of the entry that began it: it signs trees that are larger. */
  readonly from: number;
}

export interface EpochsOptions {
  readonly disk: Disk;
  readonly stateDir: string;
  readonly origin: string;
  readonly random: Random;
  /** The log's own. */
  readonly signer: NoteSigner;
}

const keyName = (epoch: number): string => `epoch-${epoch}.key`;

export class Epochs {
  readonly #options: EpochsOptions;
  /** The one in force; undefined before the first, and where its key is lost. */
  #current: Epoch | undefined;
  #outgoing: Epoch | undefined;
  #next: { readonly number: number; readonly signer: NoteSigner } | undefined;
  #number: number;

  private constructor(options: EpochsOptions, number: number, current: Epoch | undefined) {
    this.#options = options;
    this.#number = number;
    this.#current = current;
  }

  /**
   * Takes up the epoch in force, and destroys all other keys.
   *
   * @throws CodedError LEDGER_UNREADABLE where its key is there and is not the one
   */
  static async load(options: EpochsOptions, { number, isKey }: InForce): Promise<Epochs> {
    const { disk, stateDir, origin } = options;
    const path = `${stateDir}/${keyName(number)}`;
    const signer =
      number === 0 ? undefined : await loadSigner(disk, path, epochName(origin, number));
    if (signer !== undefined && !isKey(signer.verifierKey)) {
      throw new CodedError('LEDGER_UNREADABLE', `${path} is not the key of epoch ${number}`);
    }
    const current = signer && { number, signer, from: -1 };
    const epochs = new Epochs(options, number, current);
    for (const name of await disk.list(stateDir)) {
      if (/^epoch-\d+\.key(\.tmp)?$/.test(name) && name !== keyName(number)) {
        await destroyKey(disk, `${stateDir}/${name}`);
      }
    }
    return epochs;
  }

  /** Number of the epoch in force. */
  get number(): number {
    return this.#number;
  }

  /** Is the key of the epoch in force gone, so that the log's own must certify the next? */
  get isLost(): boolean {
    return this.#number > 0 && this.#current === undefined;
  }

  /** Makes the next key, durably: an entry that names it must not be all that is left of it. */
  async prepare(): Promise<void> {
    if (this.#next !== undefined) return;
    const { disk, stateDir, origin, random } = this.#options;
    const number = this.#number + 1;
    const path = `${stateDir}/${keyName(number)}`;
    await destroyKey(disk, path);
    const signer = await makeSigner(disk, path, epochName(origin, number), random);
    this.#next = { number, signer };
  }

  /** The entry that begins the prepared epoch, to be appended as the next one, in the same turn. */
  rotate(size: number, root: Uint8Array): Entry {
    const next = this.#next;
    if (next === undefined) throw new CodedError('LEDGER_WRITE_FAILED', 'no key is prepared');
    const key = parseVerifierKey(next.signer.verifierKey)?.publicKey ?? new Uint8Array(0);
    const outgoing = this.#current;
    const stated: Omit<Rotation, 'signature'> = {
      epoch: next.number,
      key: toHex(key),
      size,
      root: toHex(root),
      by: outgoing === undefined ? 'origin' : 'epoch',
    };
    const signer = outgoing?.signer ?? this.#options.signer;
    const signature = toHex(signer.signBytes(rotationText(this.#options.origin, stated)));
    this.#outgoing = outgoing;
    this.#current = { ...next, from: size };
    this.#number = next.number;
    this.#next = undefined;
    return { kind: 'key.rotated', detail: { ...stated, signature } };
  }

  /** The note for a tree of that size, signed by the log and by the epoch that covers it. */
  sign(text: string, size: number): string {
    const current = this.#current;
    const epoch = current !== undefined && size <= current.from ? this.#outgoing : current;
    return this.#options.signer.sign(text) + (epoch?.signer.line(text) ?? '');
  }

  /** Once a tree of that size is locked, no smaller one will be signed. */
  async settle(size: number): Promise<void> {
    const outgoing = this.#outgoing;
    if (outgoing === undefined || this.#current === undefined) return;
    if (size <= this.#current.from) return;
    const { disk, stateDir } = this.#options;
    await destroyKey(disk, `${stateDir}/${keyName(outgoing.number)}`);
    this.#outgoing = undefined;
  }
}

/**
 * Overwrites the key and takes its name away. A disk that writes elsewhere, as SSDs do, may keep
 * the old bytes until it erases them, and so may snapshots and backups.
 */
export async function destroyKey(disk: Disk, path: string): Promise<void> {
  const bytes = await disk.read(path);
  if (bytes === undefined) return;
  const file = await disk.open(path);
  try {
    await file.write(new Uint8Array(bytes.length), 0);
    await syncFile(file);
  } finally {
    await file.close();
  }
  await disk.remove(path);
  await syncFolder(disk, folderOf(path));
}

/** Which epoch is in force, and what its key must be. */
export interface InForce {
  /** 0 before the first. */
  readonly number: number;
  isKey(verifierKey: string): boolean;
}

/** After those leaves, which follow the tree that the note is of. */
export function epochInForce(
  origin: string,
  note: string | undefined,
  leaves: readonly Buffer[],
): InForce {
  for (const leaf of leaves.toReversed()) {
    const rotation = readRotation(leaf.toString('latin1'));
    if (rotation === undefined || rotation === 'malformed') continue;
    const { epoch, key } = rotation;
    const expected = formatVerifierKey(epochName(origin, epoch), Buffer.from(key, 'hex'));
    return { number: epoch, isKey: (verifierKey) => verifierKey === expected };
  }
  return note === undefined ? NONE : epochOfNote(origin, note);
}

const NONE: InForce = { number: 0, isKey: () => true };

function epochOfNote(origin: string, text: string): InForce {
  const parsed = parseNote(text);
  const prefix = epochName(origin, 0).slice(0, -1);
  if (parsed.status === 'invalid') return NONE;
  const { note } = parsed;
  const [, other] = note.signatures;
  if (other === undefined) return NONE;
  const number = Number(other.name.slice(prefix.length));
  // The log's own signature does not cover the other line, so damage to that is found here.
  if (!other.name.startsWith(prefix) || !Number.isSafeInteger(number) || number < 1) {
    throw new CodedError('LEDGER_UNREADABLE', 'the lock names no epoch');
  }
  const isKey = (key: string): boolean => signsNote(note, key, checkByPlatform) === undefined;
  return { number, isKey };
}

/**
 * Before a key counts as lost: is that the epoch which the entries themselves say is in force?
 *
 * @throws CodedError LEDGER_UNREADABLE where it is not
 */
export async function confirmLost(
  { disk, dir, stateDir }: { disk: Disk; dir: string; stateDir: string },
  { number }: InForce,
  leaves: readonly Buffer[],
): Promise<void> {
  if (number === 0) return;
  if ((await disk.read(`${stateDir}/${keyName(number)}`)) !== undefined) return;
  let newest = 0;
  const take = (leaf: string): void => {
    const rotation = readRotation(leaf);
    if (rotation !== undefined && rotation !== 'malformed') newest = rotation.epoch;
  };
  const source = logOn(disk, dir);
  for await (const { leaf } of readLeaves(source)) take(leaf);
  for (const leaf of leaves) take(leaf.toString('latin1'));
  if (newest === number) return;
  throw new CodedError('LEDGER_UNREADABLE', `the lock is of epoch ${number}, the log of ${newest}`);
}
