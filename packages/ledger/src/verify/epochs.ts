/**
 * Epochs: spans of the log, each closed by the key that signed its checkpoints, before that key was
 * destroyed. A `key.rotated` entry states the tree before it and the next key, and bears the
 * outgoing key's signature over both; whoever steals today's key cannot close yesterday anew.
 */
import { fromHex, toHex } from '@spoor/core';
import type { Note } from '../note.ts';
import { type CheckSignature, formatVerifierKey, parseVerifierKey, signsNote } from './key.ts';

/** What a rotation states; the leaf has it as `detail`, with the signature. */
export interface Rotation {
  /** Number of the epoch that begins, from 1. */
  readonly epoch: number;
  /** Its public key, Ed25519, hexadecimal. */
  readonly key: string;
  /** Size and root of the tree before the entry, that is, of all that the old key vouches for. */
  readonly size: number;
  readonly root: string;
  /** `epoch`: the outgoing key signed; `origin`: the log's own did, at first and after a loss. */
  readonly by: 'epoch' | 'origin';
  /** Hexadecimal. */
  readonly signature: string;
}

/** Begins with words that begin no other text which these keys sign. */
export const rotationText = (
  origin: string,
  { epoch, key, size, root, by }: Omit<Rotation, 'signature'>,
): string =>
  `spoor key.rotated\n${origin}\nepoch ${epoch}\nkey ${key}\nsize ${size}\nroot ${root}\nby ${by}\n`;

/** Name of an epoch's key in signature lines. */
export const epochName = (origin: string, epoch: number): string => `${origin}/epoch/${epoch}`;

/** What every leaf with a rotation has in it. */
export const ROTATED = '"key.rotated"';

/** Undefined where the leaf is another one; 'malformed' where it claims to be one and is not. */
export function readRotation(leaf: string): Rotation | 'malformed' | undefined {
  if (!leaf.includes(ROTATED)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(leaf);
  } catch {
    return 'malformed';
  }
  const { kind, detail } = value as { kind?: unknown; detail?: Partial<Rotation> };
  if (kind !== 'key.rotated') return undefined;
  return isRotation(detail) ? detail : 'malformed';
}

const isRotation = (detail: Partial<Rotation> | undefined): detail is Rotation =>
  detail !== undefined &&
  Number.isSafeInteger(detail.epoch) &&
  Number.isSafeInteger(detail.size) &&
  (detail.by === 'epoch' || detail.by === 'origin') &&
  [detail.key, detail.root, detail.signature].every((one) => fromHex(String(one)) !== undefined);

const encoder = new TextEncoder();

/** Follows the rotations of one log in order. */
export class EpochChain {
  readonly #origin: string;
  readonly #originKey: (index: number) => Uint8Array;
  readonly #check: CheckSignature;
  #newest: Rotation | undefined;
  /** Entries by which the log's own key stood in for an epoch's. */
  readonly recovered: number[] = [];

  /** @param former Keys that the log had before, each up to a size. */
  constructor(
    verifierKey: string,
    check: CheckSignature,
    former: readonly { readonly verifierKey: string; readonly size: number }[] = [],
  ) {
    const publicKey = (text: string): Uint8Array =>
      parseVerifierKey(text)?.publicKey ?? new Uint8Array(0);
    this.#origin = parseVerifierKey(verifierKey)?.name ?? '';
    this.#originKey = (index) =>
      publicKey(former.find(({ size }) => index < size)?.verifierKey ?? verifierKey);
    this.#check = check;
  }

  get count(): number {
    return this.#newest?.epoch ?? 0;
  }

  /** Takes the rotation at that index of a tree with that root; a text says what is wrong. */
  take(leaf: string, index: number, root: () => Uint8Array): string | undefined {
    const rotation = readRotation(leaf);
    if (rotation === undefined) return undefined;
    if (rotation === 'malformed') return 'a change of keys cannot be read';
    if (rotation.epoch !== this.count + 1) return 'an epoch is missing, or comes twice';
    if (rotation.size !== index || rotation.root !== toHex(root())) {
      return 'the epoch before was closed with another tree';
    }
    const key =
      rotation.by === 'origin' ? this.#originKey(index) : fromHex(this.#newest?.key ?? '');
    const text = encoder.encode(rotationText(this.#origin, rotation));
    const signature = fromHex(rotation.signature) ?? new Uint8Array(0);
    if (key?.length !== 32 || !this.#check(signature, text, key)) {
      return 'the change of keys is not signed by the key before';
    }
    if (rotation.by === 'origin' && rotation.epoch > 1) this.recovered.push(index);
    this.#newest = rotation;
    return undefined;
  }

  /** Is the note signed by the key of the newest epoch? A log without epochs needs no such line. */
  signs(note: Note): boolean {
    if (this.#newest === undefined) return true;
    const { epoch, key } = this.#newest;
    const publicKey = fromHex(key) ?? new Uint8Array(0);
    const verifierKey = formatVerifierKey(epochName(this.#origin, epoch), publicKey);
    return signsNote(note, verifierKey, this.#check) === undefined;
  }
}
