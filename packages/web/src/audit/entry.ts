import { type LedgerView, toHex } from '@spoor/core';
import { getJson } from '../api/client.ts';
import { hubLog } from './source.ts';

export type EntryResult =
  | { readonly status: 'included'; readonly size: number; readonly proof: readonly string[] }
  | { readonly status: 'pending'; readonly size: number }
  | { readonly status: 'broken'; readonly why: string };

/**
 * Checks one entry from its bytes: its leaf hash, its inclusion under the signed checkpoint, and
 * the checkpoint's signature. The proof is computed here out of the tiles, not taken from the hub.
 * @param leaf The leaf's bytes as text.
 * @param leafHashHex What the call claims its leaf hash is.
 */
export async function verifyEntry(
  index: number,
  leaf: string,
  leafHashHex: string,
): Promise<EntryResult> {
  const ledger = await import('@spoor/ledger/verify');
  const view = await getJson<LedgerView>('/api/v1/ledger');
  const note = await hubLog.read('checkpoint');
  if (note === undefined) return { status: 'broken', why: 'there is no checkpoint' };
  const verified = ledger.verifyNote(new TextDecoder().decode(note), view.verifierKey);
  if (verified.status === 'unverified') return { status: 'broken', why: verified.why };
  const checkpoint = ledger.parseCheckpoint(verified.note.text);
  if (checkpoint === undefined) return { status: 'broken', why: 'the note states no tree' };
  const hash = ledger.leafHash(new TextEncoder().encode(leaf));
  if (toHex(hash) !== leafHashHex) {
    return { status: 'broken', why: 'the entry does not have the hash that the call claims' };
  }
  if (index >= checkpoint.size) return { status: 'pending', size: checkpoint.size };
  const proof = await ledger.inclusionProof(hubLog, index, checkpoint.size);
  const { size, root } = checkpoint;
  if (!ledger.verifyInclusion({ index, size, leafHash: hash, proof, root })) {
    return { status: 'broken', why: 'the entry is not under the signed root' };
  }
  return { status: 'included', size, proof: proof.map((step) => toHex(step)) };
}
