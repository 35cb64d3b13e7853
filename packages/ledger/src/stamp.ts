import {
  type Clock,
  CodedError,
  LIMITS,
  type Random,
  type SealedContent,
  uuidv7,
} from '@spoor/core';
import { encodeLeaf } from './encode.ts';
import type { Entry } from './entry.ts';
import { isVaultPlace } from './vault/pack.ts';
import type { SealedRecord } from './vault/vault.ts';

export interface Stamp {
  readonly clock: Clock;
  readonly random: Random;
  readonly boot: string;
}

/** The leaf's text: the entry with the ledger's own members. */
export function stampEntry(stamp: Stamp, entry: Entry, sealed: readonly SealedContent[]): string {
  const ts = Math.trunc(stamp.clock.nowMs());
  const id = uuidv7(ts, stamp.random);
  const content = sealed.length === 0 ? {} : { content: sealed.map(({ meta }) => meta) };
  return encodeLeaf({ ...entry, v: 1, id, ts, boot: stamp.boot, ...content });
}

/** @throws CodedError LEAF_INVALID where the content has no place in the vault */
export function placeSealed(
  session: string | undefined,
  sealed: readonly SealedContent[],
): SealedRecord[] {
  return sealed.map(({ meta, record }) => {
    if (!isVaultPlace(session, meta.kek)) throw new CodedError('LEAF_INVALID', 'sealed content');
    if (record.length > LIMITS.sealedBytesMax) throw new CodedError('LEAF_TOO_LARGE', meta.part);
    return { session, kek: meta.kek, bytes: record };
  });
}
