import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert, BudgetView, Page } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { kill, until, World } from './support.ts';

const FILE = `
costs:
  - { tool: echo, call: 2.5 }
budgets:
  - { name: daily, of: [principal], window: 366d, limit: 10, action: deny }
`;

verifies(
  'budget:enforced',
  async () => {
    const world = new World();
    const budgets = join(world.folder, 'budgets.yml');
    writeFileSync(budgets, FILE);
    const start = () => world.hub('--budgets', budgets, '--mode', 'enforce');
    const hub = await start();
    const server = await connect(world, 'everything', SERVERS.everything());
    const echo = async (n: number): Promise<boolean> =>
      !(await server.call('echo', { message: `m${n}` })).isError;
    const spent = (): number | undefined =>
      (JSON.parse(world.call('budgets', '--json').stdout) as readonly BudgetView[])[0]?.states[0]
        ?.spent;
    for (let n = 0; n < 3; n++) expect(await echo(n)).toBe(true);
    // At once: what was spent by the last call stands nowhere but in what the call left behind.
    await kill(hub);
    await start();
    await until(spent, (sum) => sum === 7.5);
    await until(
      async () => (await world.api<{ readonly sensors: number }>('hub')).sensors,
      (sensors) => sensors === 1,
    );
    expect(await echo(3)).toBe(true);
    expect(await echo(4)).toBe(false);
    expect((await server.call('get-sum', { a: 1, b: 2 })).text).toContain('3');
    expect(spent()).toBe(10);
    const [alert] = await until(
      async () =>
        (await world.api<Page<Alert>>('alerts')).rows.filter(
          ({ rule }) => rule.id === 'denial-of-wallet-budget',
        ),
      (rows) => rows.length > 0,
    );
    expect(alert?.action).toBe('deny');
    expect(alert?.detection.path.at(-1)?.matched['spend.over']).toMatch(
      /^budget daily of the principal: 10 of 10 are spent since \S+, the call costs 2\.5$/,
    );
    expect(world.call('budgets').stdout).toContain('10 spent, nothing left');
    await server.close();
  },
  { timeoutMs: 90_000 },
);

verifies(
  'budget:enforced',
  () => {
    const world = new World();
    const budgets = join(world.folder, 'budgets.yml');
    writeFileSync(budgets, 'budgets:\n  - { name: daily, limit: many }\n');
    const { code, stderr } = world.call('hub', 'start', '--budgets', budgets);
    expect([code, stderr]).toEqual([2, expect.stringContaining('budgets.yml:2:27')]);
  },
  { case: 'a file with an error keeps the hub from starting', timeoutMs: 60_000 },
);
