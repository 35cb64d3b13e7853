/**
 * A proof of one entry that needs nothing but the log's verifier key (C2SP tlog-proof): the entry
 * as extra data, its index, the hashes up to the root, and the signed checkpoint.
 */
import { fromBase64, LIMITS, toBase64 } from '@spoor/core';
import { parseCheckpoint } from '../checkpoint.ts';
import { leafHash } from './hash.ts';
import { type CheckSignature, verifyNote } from './key.ts';
import { inclusionProof, verifyInclusion } from './prove.ts';
import { type LogSource, readLeafAt } from './source.ts';

const HEAD = 'c2sp.org/tlog-proof@v1';

/**
 * Undefined where the published log has no such entry.
 *
 * @throws CodedError LEDGER_UNREADABLE where a tile is missing
 */
export async function proveEntry(source: LogSource, index: number): Promise<string | undefined> {
  const note = new TextDecoder().decode(await source.read('checkpoint'));
  const checkpoint = parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));
  const leaf = checkpoint && (await readLeafAt(source, index, checkpoint.size));
  if (leaf === undefined || checkpoint === undefined) return undefined;
  const hashes = await inclusionProof(source, index, checkpoint.size);
  const lines = [HEAD, `extra ${toBase64(leaf)}`, `index ${index}`, ...hashes.map(toBase64)];
  return `${lines.join('\n')}\n\n${note}`;
}

export type VerifiedProof =
  | {
      readonly status: 'verified';
      readonly origin: string;
      readonly index: number;
      readonly size: number;
      /** The entry's text. */
      readonly leaf: string;
      readonly checkpoint: string;
    }
  | { readonly status: 'unverified'; readonly why: string };

const unverified = (why: string): VerifiedProof => ({ status: 'unverified', why });

/** Checks a proof that came with its entry, offline. */
export function verifyProof(
  text: string,
  verifierKey: string,
  ed25519?: CheckSignature,
): VerifiedProof {
  const parsed = parseProof(text);
  if (parsed === undefined) return unverified('it is no proof, or its entry is not with it');
  const { index, leaf, proof, note } = parsed;
  const verified = verifyNote(note, verifierKey, ed25519);
  if (verified.status === 'unverified') return unverified(`of its checkpoint: ${verified.why}`);
  const checkpoint = parseCheckpoint(verified.note.text);
  if (checkpoint === undefined) return unverified('its checkpoint states no tree');
  const { origin, size, root } = checkpoint;
  if (!verifyInclusion({ index, size, root, proof, leafHash: leafHash(leaf) })) {
    return unverified('the entry is not in the tree at that index');
  }
  const said = new TextDecoder().decode(leaf);
  return { status: 'verified', origin, index, size, leaf: said, checkpoint: note };
}

interface Parsed {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly note: string;
}

/** An inclusion proof has a hash for each level of the tree, and sizes are below 2^53. */
const HASHES_MAX = 53;

function parseProof(text: string): Parsed | undefined {
  if (text.length > LIMITS.noteBytesMax) return undefined;
  const split = text.indexOf('\n\n');
  const [head, extra = '', place = '', ...hashes] = text.slice(0, Math.max(split, 0)).split('\n');
  const leaf = extra.startsWith('extra ') ? fromBase64(extra.slice(6)) : undefined;
  const decimal = /^index (0|[1-9]\d{0,15})$/.exec(place)?.[1];
  const proof = hashes.flatMap((line) => fromBase64(line) ?? []);
  const isWhole = proof.length === hashes.length && hashes.length <= HASHES_MAX;
  if (head !== HEAD || leaf === undefined || decimal === undefined || !isWhole) return undefined;
  return { index: Number(decimal), leaf, proof, note: text.slice(split + 2) };
}
