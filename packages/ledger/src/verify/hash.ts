import { sha256 } from '@noble/hashes/sha2.js';
import { createHasher, type Hasher } from '../tree/hasher.ts';

/** The verifier's hashing: the same in Node and in browsers. */
export const hasher: Hasher = createHasher(sha256);

/** RFC 6962 hash of a leaf's bytes. */
export const leafHash = (leaf: Uint8Array): Uint8Array => hasher.leaf(leaf);
