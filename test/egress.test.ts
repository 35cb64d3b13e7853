import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execArgv, execPath } from 'node:process';
import { expect } from 'vitest';
import { ROOT } from './repository.ts';
import { verifies } from './verifies.ts';

/** Cases that others made lie beside the project, where there are any. */
const FILE = join(ROOT, '..', 'shared', 'benchmark', 'egress_cases.jsonl.gz');

verifies(
  'egress:cases',
  ({ skip }) => {
    skip(!existsSync(FILE), 'agent-egress-bench is not here');
    const script = join(ROOT, 'scripts', 'egress.ts');
    const { status, stdout } = spawnSync(execPath, [...execArgv, script, FILE], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const rows = stdout.trim().split('\n');
    for (const category of ['mcp_chain', 'mcp_input', 'mcp_tool']) {
      const row = rows.find((one) => one.startsWith(category)) ?? '';
      const [, seen, all, wrong] = /(\d+)\/(\d+)\s+false (\d+)/.exec(row) ?? [];
      expect([seen, wrong], row).toEqual([all, '0']);
    }
  },
  { timeoutMs: 60_000 },
);
