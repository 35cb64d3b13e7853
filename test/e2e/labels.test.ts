import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InventoryView, LabelSource, ToolView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { kill, until, World } from './support.ts';

const TIMEOUT = { timeoutMs: 90_000 } as const;

const toolIn = async (world: World, name: string): Promise<ToolView | undefined> => {
  const { servers } = await world.api<InventoryView>('inventory');
  return servers.flatMap(({ tools }) => tools).find((tool) => tool.name === name);
};

const from = (tool: ToolView | undefined, source: LabelSource['from']): readonly LabelSource[] =>
  tool?.sources.filter((one) => one.from === source) ?? [];

verifies(
  'labels:owner',
  async () => {
    const world = new World();
    await world.hub('--mode', 'observe');
    const crm = await connect(world, 'crm', SERVERS.crm());
    await until(
      () => toolIn(world, 'read_entitlements'),
      (tool) => tool !== undefined,
    );
    const file = join(world.state, 'labels.yml');
    writeFileSync(file, '# What I know better.\nlabels:\n  - {tool: none, add: [costly]}\n');

    const set = world.call('labels', 'set', 'crm', 'read_*', '--add', 'egress');
    expect(set).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('# What I know better.');
    const labelled = (wanted: readonly string[]): Promise<ToolView | undefined> =>
      until(
        () => toolIn(world, 'read_entitlements'),
        (tool) => tool?.labels.join() === wanted.join(),
      );
    const tool = await labelled(['reads-private', 'egress']);
    expect(from(tool, 'owner')).toMatchObject([
      { label: 'egress', because: "line 4 of the owner's file" },
    ]);
    expect(from(tool, 'definition')[0]).toMatchObject({ label: 'reads-private' });

    const listed = world.call('labels', 'list', '--label', 'egress').stdout;
    expect(listed).toContain('crm read_entitlements  reads-private (definition), egress (owner)');
    const told = world.call('labels', 'explain', 'crm', 'read_entitlements').stdout;
    expect(told).toContain('owner: line 4');
    expect(world.call('labels', 'explain', 'crm', 'nothing').code).toBe(1);

    expect(world.call('labels', 'set', 'crm', 'read_*', 'egres').code).toBe(2);
    expect(world.call('labels', 'unset', 'crm', 'read_*').code).toBe(0);
    await labelled(['reads-private']);
    expect(world.call('labels', 'undo').code).toBe(0);
    await labelled(['reads-private', 'egress']);
    await crm.close();
  },
  { case: 'while a hub runs', ...TIMEOUT },
);

verifies(
  'labels:observed',
  async () => {
    const world = new World();
    const hub = await world.hub('--mode', 'observe');
    const crm = await connect(world, 'crm', SERVERS.crm());
    await crm.call('query_customer_pii');
    const seen = await until(
      () => toolIn(world, 'query_customer_pii'),
      (tool) => from(tool, 'observed').length > 0,
    );
    expect(from(seen, 'observed')[0]).toMatchObject({
      label: 'reads-pii',
      because: expect.stringMatching(/^a result carried pii\.\w+ in call [0-9a-f-]{36} on 20/),
    });
    await crm.close();
    await until(
      () => readFileSync(join(world.state, 'observed.json'), 'utf8'),
      (text) => text.includes('pii.'),
    );
    await kill(hub);
    world.call('hub', 'stop');
    await until(
      () => world.call('hub', 'status').code,
      (code) => code !== 0,
    );
    await world.hub('--mode', 'observe');
    const after = await until(
      () => toolIn(world, 'query_customer_pii'),
      (tool) => from(tool, 'observed').length > 0,
    );
    expect(from(after, 'observed')).toEqual(from(seen, 'observed'));
  },
  TIMEOUT,
);
