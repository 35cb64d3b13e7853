import { join } from 'node:path';
import type { InventoryView, ToolView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { type Connected, connect } from './host.ts';
import { FIXTURES, NODE, until, World } from './support.ts';

const TIMEOUT = { timeoutMs: 120_000 } as const;

/** A host of its own, so that this test is a person beside it. */
const HOST =
  "require('child_process').spawn(process.argv[1], process.argv.slice(2), {stdio: 'inherit'})";
const apart = (words: string[]): string[] => [NODE, '-e', HOST, ...words];

const serve = (world: World, description: string): Promise<Connected> =>
  connect(world, 'units', [NODE, join(FIXTURES, 'tool-server.ts'), 'convert', description], apart);

const toolOf = async (world: World): Promise<ToolView | undefined> => {
  const { servers } = await world.api<InventoryView>('inventory');
  return servers.find(({ name }) => name === 'units')?.tools[0];
};

verifies(
  'definitions:approve-and-block',
  async () => {
    const world = new World();
    await world.hub('--mode', 'enforce');
    const first = await serve(world, 'Converts units.');
    expect((await first.call('convert')).isError).toBe(false);
    await first.close();

    const second = await serve(world, 'Converts units, and much more.');
    await until(
      () => toolOf(world),
      (tool) => tool?.change === 'changed',
    );
    expect(world.call('tools', 'list', '--changed').stdout).toContain('units convert  changed');
    const diff = world.call('tools', 'diff', 'units', 'convert').stdout;
    expect(diff).toMatch(/- .*Converts units\./);
    expect(diff).toMatch(/\+ .*Converts units, and much more\./);
    expect(world.call('tools', 'pin', 'units', 'convert').code).toBe(1);

    const block = world.call('tools', 'block', 'units', 'convert', '--reason', 'not asked for');
    expect(block).toMatchObject({ code: 0 });
    const denied = await second.call('convert');
    expect(denied).toMatchObject({ isError: true });
    const [, caseId = ''] = /Case (c-\w+)/.exec(denied.text) ?? [];
    const why = await until(
      () => world.call('why', caseId),
      ({ code }) => code === 0,
    );
    expect(why.stdout).toContain('blocked');

    expect(world.call('tools', 'approve', 'units', 'convert').code).toBe(0);
    expect((await second.call('convert')).isError).toBe(false);
    expect(world.call('tools', 'approve', 'units', 'convert').code).toBe(1);
    const approved = await until(
      () => toolOf(world),
      (tool) => tool?.pin?.said?.word === 'approve',
    );
    expect(approved?.pin).toMatchObject({ blocked: false });
    await second.close();
    await until(
      () => world.call('ledger', 'export', '--format', 'jsonl').stdout,
      (text) => ['block', 'approve'].every((word) => text.includes(`"definition":"${word}"`)),
    );

    const digest = 'ab'.repeat(16);
    const moved = { server: 'units', tool: 'convert', word: 'block', digest };
    expect(await world.api('definitions', moved)).toMatchObject({
      code: 'DEFINITION_MOVED',
    });
  },
  TIMEOUT,
);
