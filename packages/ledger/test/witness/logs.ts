/** Logs that may lie: trees in memory, with the keys that sign them. */
import { createPrivateKey, hash, sign } from 'node:crypto';
import { formatCheckpoint } from '../../src/checkpoint.ts';
import { publicBytes } from '../../src/key.ts';
import { formatSignature } from '../../src/note.ts';
import { createHasher, foldRow } from '../../src/tree/hasher.ts';
import { formatVerifierKey, parseVerifierKey } from '../../src/verify/index.ts';

const hasher = createHasher((data) => hash('sha256', data, 'buffer'));

export interface Signer {
  readonly verifierKey: string;
  sign(text: string): string;
}

/** A key that is the same in each run. */
export function signerOf(name: string, seed = 1): Signer {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const der = Buffer.concat([head, Buffer.alloc(32, seed)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const verifierKey = formatVerifierKey(name, publicBytes(key));
  const keyId = parseVerifierKey(verifierKey)?.keyId ?? 0;
  return {
    verifierKey,
    sign(text) {
      const signature = sign(null, Buffer.from(text), key);
      return `${text}\n${formatSignature({ name, keyId, signature })}`;
    },
  };
}

/** Entries by what stands in them; two logs with the same beginning are one log until they part. */
export class Tree {
  readonly #hashes: readonly Uint8Array[];

  constructor(entries: readonly string[]) {
    this.#hashes = entries.map((entry) => hasher.leaf(Buffer.from(entry)));
  }

  get size(): number {
    return this.#hashes.length;
  }

  root(size: number): Uint8Array {
    return size === 0 ? hasher.empty() : foldRow(hasher, this.#hashes.slice(0, size));
  }

  note(signer: Signer, origin: string, size: number): string {
    return signer.sign(formatCheckpoint({ origin, size, root: this.root(size) }));
  }

  /** RFC 6962 §2.1.2, written as it stands there. */
  proof(old: number, size: number): Uint8Array[] {
    if (old === 0 || old >= size) return [];
    return this.#subproof(old, this.#hashes.slice(0, size), true);
  }

  #subproof(m: number, leaves: readonly Uint8Array[], whole: boolean): Uint8Array[] {
    const n = leaves.length;
    if (m === n) return whole ? [] : [foldRow(hasher, leaves)];
    let k = 1;
    while (k * 2 < n) k *= 2;
    const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
    if (m <= k) return [...this.#subproof(m, left, whole), foldRow(hasher, right)];
    return [...this.#subproof(m - k, right, false), foldRow(hasher, left)];
  }
}

export const entries = (count: number, prefix = 'entry'): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix} ${n}`);
