/**
 * Hashing of RFC 6962 §2.1: leaves and nodes have different prefixes, so none passes for the other.
 */

export type Sha256 = (data: Uint8Array) => Uint8Array;

export interface Hasher {
  /** Hash of the tree without leaves. */
  empty(): Uint8Array;
  leaf(data: Uint8Array): Uint8Array;
  node(left: Uint8Array, right: Uint8Array): Uint8Array;
}

export const HASH_BYTES = 32;

/** The writer brings Node's SHA-256, the verifier one that also runs in browsers. */
export function createHasher(sha256: Sha256): Hasher {
  const pair = new Uint8Array(1 + 2 * HASH_BYTES);
  pair[0] = 1;
  return {
    empty: () => sha256(new Uint8Array(0)),
    leaf(data) {
      const prefixed = new Uint8Array(data.length + 1);
      prefixed.set(data, 1);
      return sha256(prefixed);
    },
    node(left, right) {
      pair.set(left, 1);
      pair.set(right, 1 + HASH_BYTES);
      return sha256(pair);
    },
  };
}

/**
 * Merkle tree hash over a row of complete subtrees of one size, of which the last may be smaller.
 * Pairing from the left and carrying an odd one up is RFC 6962's split at the largest power of two.
 */
export function foldRow(hasher: Hasher, hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < row.length; i += 2) {
      const left = row[i] as Uint8Array;
      const right = row[i + 1];
      above.push(right === undefined ? left : hasher.node(left, right));
    }
    row = above;
  }
  return row[0] ?? hasher.empty();
}
