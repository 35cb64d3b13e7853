import { type Observation, SPEND_PARTS } from '@spoor/core';
import type { BudgetsFile, Norms, Spender } from '@spoor/detect';
import type { Leaf, Ledger } from '@spoor/ledger';

/** Entries are read back as far as a hub may have written since it last kept its sums. */
const ENTRIES_MAX = 50_000;
/** So many that are known already in a row: entries of one moment may stand out of order. */
const KNOWN_MAX = 256;

/**
 * Charges what stands in the ledger and nowhere else: a hub that was killed may have written
 * entries whose rows the store never got, and one that was down for long does not step them again.
 */
export async function recallSpending(
  norms: Norms,
  ledger: Pick<Ledger, 'size' | 'readLeaf'>,
  stepped: readonly Observation[],
): Promise<void> {
  if (!norms.budgets.any) return;
  const seen = new Set(stepped.map(({ seq }) => seq));
  const end = Math.max(0, ledger.size - ENTRIES_MAX);
  let known = 0;
  for (let index = ledger.size - 1; index >= end && known < KNOWN_MAX; index--) {
    const leaf = JSON.parse((await ledger.readLeaf(index)) ?? '{}') as Partial<Leaf>;
    const { seq } = leaf;
    // Heartbeats and the like have no place in the order, and say nothing of it.
    if (seq === undefined) continue;
    known = seq > norms.keptSeq ? 0 : known + 1;
    const cost = seen.has(seq) ? 0 : costOf(leaf);
    if (cost > 0) norms.recall(seq, spenderOf(leaf), cost);
  }
}

const spenderOf = ({ session, identity, mcp, ts }: Partial<Leaf>): Spender => ({
  session: session ?? '',
  principal: identity?.pseudonym ?? '',
  server: mcp?.server ?? '',
  tool: mcp?.tool ?? '',
  atMs: ts ?? 0,
});

/** Of a call that went on, or of what its result used. */
function costOf({ kind, decision, detail }: Partial<Leaf>): number {
  const went = kind === 'call.request' && decision?.action === 'allow';
  if (!went && kind !== 'call.result') return 0;
  return typeof detail?.cost === 'number' ? detail.cost / SPEND_PARTS : 0;
}

/**
 * Which budgets hold, with limits in millionths of a unit, stands in the ledger, so that nobody can
 * raise one unseen.
 */
export function noteBudgets(
  ledger: Pick<Ledger, 'append'>,
  { budgets }: BudgetsFile = { costs: [], budgets: [] },
): void {
  if (budgets.length === 0) return;
  const said = budgets.map(({ name, limit, action }) => `${name}:${limit}:${action}`);
  ledger.append({ kind: 'config.changed', detail: { what: 'budgets', budgets: said } });
}
