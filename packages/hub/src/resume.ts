import type { Ledger } from '@spoor/ledger';

/** Entries that are looked through; those of one moment may stand out of order. */
const ENTRIES_MAX = 256;

/**
 * Highest place in the hub's order that stands in the newest entries; 0 where none does. A hub that
 * was killed may have written entries whose rows the store never got.
 */
export async function lastSeqOf(ledger: Pick<Ledger, 'size' | 'readLeaf'>): Promise<number> {
  let last = 0;
  const from = Math.max(0, ledger.size - ENTRIES_MAX);
  for (let index = ledger.size - 1; index >= from; index--) {
    const leaf = await ledger.readLeaf(index);
    const { seq } = JSON.parse(leaf ?? '{}') as { readonly seq?: number };
    last = Math.max(last, seq ?? 0);
  }
  return last;
}
