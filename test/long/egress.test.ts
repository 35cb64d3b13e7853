import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readCases, rowsOf } from '../../scripts/egress/cases.ts';
import { throughHub } from '../../scripts/egress/hub.ts';
import { playCases } from '../../scripts/egress/play.ts';
import { ROOT } from '../repository.ts';
import { verifies } from '../verifies.ts';

const FILE = join(ROOT, '..', 'shared', 'benchmark', 'egress_cases.jsonl.gz');

verifies(
  'egress:ledger',
  async ({ skip }) => {
    skip(!existsSync(FILE), 'agent-egress-bench is not here');
    const cases = readCases(FILE);
    const { outcomes, verified } = await throughHub(cases);
    expect(verified).toBe(true);
    expect(outcomes.filter(({ entries }) => entries === 0)).toEqual([]);
    expect(outcomes.map(({ id }) => id)).toEqual(cases.map(({ id }) => id));
    const rows = rowsOf(outcomes);
    for (const category of ['mcp_chain', 'mcp_input', 'mcp_tool']) {
      const row = rows.find((one) => one.category === category);
      expect(row).toMatchObject({ seen: row?.block, falselySeen: 0 });
    }
    // What recorded sessions show is what live ones do.
    const played = await playCases(cases);
    expect(outcomes.map(({ id, denied }) => [id, denied])).toEqual(
      played.map(({ id, denied }) => [id, denied]),
    );
  },
  { timeoutMs: 1_200_000 },
);
