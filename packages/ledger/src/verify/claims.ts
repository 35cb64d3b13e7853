/**
 * What other stores say of entries: a span and an alert carry the index and the leaf hash of one,
 * an alert also the newest checkpoint of its time. So loss in the ledger shows in them.
 */
import { toHex } from '@spoor/core';
import { parseCheckpoint } from '../checkpoint.ts';
import { TILE_WIDTH } from '../tree/tile.ts';
import { type CheckSignature, verifyNote } from './key.ts';
import { type LogSource, readTile } from './source.ts';

export interface EntryClaim {
  readonly index: number;
  /** Hexadecimal. */
  readonly leafHash: string;
}

/**
 * `beyond`: the published tree does not reach it, yet or any more. `differs`: another entry stands
 * there. `unreadable`: the tile that would tell is missing or malformed.
 */
export interface ClaimFault<Claim extends EntryClaim = EntryClaim> {
  readonly claim: Claim;
  readonly fault: 'beyond' | 'differs' | 'unreadable';
}

/**
 * Claims that the published log does not bear out, in the order of their indexes. It reads the
 * hashes, which stay when entries are pruned. Trust in those hashes comes from `verifyLog`.
 */
export async function checkClaims<Claim extends EntryClaim>(
  source: LogSource,
  claims: readonly Claim[],
): Promise<ClaimFault<Claim>[]> {
  const size = sizeOf(new TextDecoder().decode(await source.read('checkpoint')));
  const faults: ClaimFault<Claim>[] = [];
  let tile = -1;
  let hashes: readonly Uint8Array[] | undefined;
  for (const claim of claims.toSorted((a, b) => a.index - b.index)) {
    const at = Math.floor(claim.index / TILE_WIDTH);
    if (at !== tile && claim.index < size) hashes = await readTile(source, 0, at, size);
    tile = at;
    const fault = faultOf(claim, size, hashes);
    if (fault !== undefined) faults.push({ claim, fault });
  }
  return faults;
}

function faultOf(
  { index, leafHash }: EntryClaim,
  size: number,
  hashes: readonly Uint8Array[] | undefined,
): ClaimFault['fault'] | undefined {
  if (index >= size) return 'beyond';
  const hash = hashes?.[index % TILE_WIDTH];
  if (hash === undefined) return 'unreadable';
  return toHex(hash) === leafHash ? undefined : 'differs';
}

/** The largest of those checkpoints that the log has signed: `verifyLog` takes it as the older. */
export function newestCheckpoint(
  notes: Iterable<string>,
  verifierKey: string,
  check?: CheckSignature,
): string | undefined {
  let newest: string | undefined;
  for (const note of notes) {
    if (newest !== undefined && sizeOf(note) <= sizeOf(newest)) continue;
    if (verifyNote(note, verifierKey, check).status === 'verified') newest = note;
  }
  return newest;
}

const sizeOf = (note: string): number =>
  parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))?.size ?? 0;
