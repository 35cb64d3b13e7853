import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readCases, rowsOf } from '../scripts/egress/cases.ts';
import { playCases } from '../scripts/egress/play.ts';
import { ROOT } from './repository.ts';
import { verifies } from './verifies.ts';

/** Cases that others made lie beside the project, where there are any. */
const FILE = join(ROOT, '..', 'shared', 'benchmark', 'egress_cases.jsonl.gz');

verifies(
  'egress:cases',
  async ({ skip }) => {
    skip(!existsSync(FILE), 'agent-egress-bench is not here');
    const rows = rowsOf(await playCases(readCases(FILE)));
    for (const category of ['mcp_chain', 'mcp_input', 'mcp_tool']) {
      const row = rows.find((one) => one.category === category);
      expect(row?.block).toBeGreaterThan(0);
      expect(row).toMatchObject({ seen: row?.block, falselySeen: 0 });
    }
    // Nothing that is to be allowed is denied, whatever carries it.
    expect(rows.reduce((sum, { falselyDenied }) => sum + falselyDenied, 0)).toBe(0);
  },
  { timeoutMs: 60_000 },
);
