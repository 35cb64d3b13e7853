/** Checking of inclusion and consistency proofs, RFC 9162 §2.1.3.2 and §2.1.4.2. */
import { equalBytes } from '@spoor/core';
import { HASH_BYTES, type Hasher } from './hasher.ts';

const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;
const areHashes = (hashes: readonly Uint8Array[]): boolean =>
  hashes.every((hash) => hash.length === HASH_BYTES);

export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** Is the leaf at that index in the tree with that size and root? */
export function checkInclusion(hasher: Hasher, claim: Inclusion): boolean {
  const { index, size, proof } = claim;
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  if (!areHashes([claim.leafHash, ...proof])) return false;
  let node = index;
  let last = size - 1;
  let hash = claim.leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = hasher.node(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = hasher.node(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(hash, claim.root);
}

export interface Consistency {
  readonly size1: number;
  readonly size2: number;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * Does the second tree begin with the whole first one? Every tree begins with the empty one, and a
 * check that can only say yes is refused.
 */
export function checkConsistency(hasher: Hasher, claim: Consistency): boolean {
  const { size1, size2, root1, root2, proof } = claim;
  if (!isSize(size1) || !isSize(size2) || size1 === 0 || size1 > size2) return false;
  if (size1 === size2) return proof.length === 0 && equalBytes(root1, root2);
  return proof.length > 0 && areHashes([root1, ...proof]) && climbs(hasher, claim);
}

/** Walks from the last leaf of the first tree to both roots at once. */
function climbs(hasher: Hasher, claim: Consistency): boolean {
  let node = claim.size1 - 1;
  let last = claim.size2 - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  // A first tree that is one complete subtree is its own start, so proofs leave it out.
  const path = node === 0 ? [claim.root1, ...claim.proof] : claim.proof;
  let hash1 = path[0] as Uint8Array;
  let hash2 = hash1;
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash1 = hasher.node(sibling, hash1);
      hash2 = hasher.node(sibling, hash2);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash2 = hasher.node(hash2, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(hash1, claim.root1) && equalBytes(hash2, claim.root2);
}
