import { Norms, parseBudgets } from '@spoor/detect';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { NormKeeper } from '../src/norms/keeper.ts';
import { recallSpending } from '../src/norms/recall.ts';
import { START_MS } from './support/build.ts';

const BY_HAND = { lockThemselves: false, calls: 1, spanMs: 0 };
const DAILY = parseBudgets('budgets: [{ name: daily, window: 1d, limit: 9 }]', 'b.yml');

const ledgerOf = (leaves: readonly object[]) => ({
  size: leaves.length,
  readLeaf: async (index: number) => JSON.stringify(leaves[index]),
});
const leaf = (seq: number, kind: string, cost: number, action = 'allow'): object => ({
  kind,
  seq,
  ts: START_MS,
  session: 's1',
  identity: { pseudonym: 'p1' },
  mcp: { server: 'studio', tool: 'render' },
  decision: { action },
  detail: { cost: cost * 1_000_000 },
});
const spent = (norms: Norms): number | undefined =>
  norms.budgets.views(START_MS)[0]?.states[0]?.spent;

verifies(
  'budget:exact',
  async () => {
    const norms = new Norms(BY_HAND, DAILY);
    norms.restore([{ kind: 'seq', key: '', value: 10 }]);
    const ledger = ledgerOf([
      leaf(10, 'call.request', 100),
      leaf(11, 'call.request', 1),
      leaf(13, 'call.request', 20, 'deny'),
      leaf(12, 'call.request', 2),
      leaf(11, 'alert', 50),
      leaf(14, 'call.result', 0.5),
      ...Array.from({ length: 300 }, (_, i) => ({ kind: 'heartbeat', i })),
    ]);
    // Of 12 the store has a row, which was stepped.
    await recallSpending(norms, ledger, [{ seq: 12 } as never]);
    // A log that nobody used for long ends in heartbeats.
    expect(spent(norms)).toBe(1.5);
  },
  { case: 'from the ledger alone' },
);

describe('what is kept', () => {
  it('is written once, and all of it again where the store lost something', () => {
    const keeper = new NormKeeper(BY_HAND, DAILY);
    const spender = { session: 's', principal: 'p', server: 'x', tool: 'y', atMs: START_MS };
    keeper.norms.budgets.charge(1, spender, 3);
    const kept = (unstored: number): number => {
      let rows = 0;
      keeper.keep({
        record: ({ norms = [] }) => {
          rows += norms.length;
        },
        note: () => undefined,
        unstored,
      });
      return rows;
    };
    expect([kept(0), kept(0), kept(4), kept(4)]).toEqual([2, 0, 2, 0]);
  });
});
