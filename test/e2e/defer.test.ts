import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StopView } from '@spoor/core';
import { expect } from 'vitest';
import { ASK_RULE } from '../fixtures/ask-rule.ts';
import { verifies } from '../verifies.ts';
import { type Connected, connect, SERVERS } from './host.ts';
import { NODE, until, World } from './support.ts';

/** A host of its own, so that this test is a person beside it. */
const HOST =
  "require('child_process').spawn(process.argv[1], process.argv.slice(2), {stdio: 'inherit'})";
const apart = (words: string[]): string[] => [NODE, '-e', HOST, ...words];
const TIMEOUT = { timeoutMs: 90_000 } as const;

async function start(condition: string, name: 'crm' | 'drive', mode = 'enforce') {
  const world = new World();
  const rules = join(world.folder, 'rules');
  mkdirSync(rules);
  const rule = ASK_RULE.replace('tool.labels: shares-externally', condition);
  const file = join(rules, 'sharing-needs-a-person.yml');
  writeFileSync(file, rule.replace('response: ask', 'response: defer'));
  await world.hub('--mode', mode, '--rules', rules);
  return { world, server: await connect(world, name, SERVERS[name](), apart) };
}

const share = (drive: Connected): ReturnType<Connected['call']> =>
  drive.call('create_shareable_link', { name: 'a.csv', content: 'x' });
const caseOf = (text: string): string => /c-[a-z0-9]{10}/.exec(text)?.[0] ?? '';
const stops = async (world: World): Promise<readonly StopView[]> =>
  (await world.api<{ rows: readonly StopView[] }>('stops')).rows;

verifies(
  'defer:session',
  async () => {
    const { world, server } = await start('tool.labels: shares-externally', 'drive');
    expect((await server.call('list_files')).isError).toBe(false);
    const deferred = await share(server);
    expect(deferred.isError).toBe(true);
    const next = await server.call('list_files');
    expect(next).toMatchObject({ isError: true, text: deferred.text });
    const [stop] = await until(
      () => stops(world),
      (rows) => rows.length === 1,
    );
    expect(stop).toMatchObject({ kind: 'session', by: 'rule:sharing-needs-a-person' });
    expect(stop?.case).toBe(caseOf(deferred.text));
    expect(world.call('resume', caseOf(deferred.text))).toMatchObject({ code: 0 });
    expect((await server.call('list_files')).isError).toBe(false);
    await server.close();
  },
  { case: 'from the call that it is about', ...TIMEOUT },
);

verifies(
  'defer:session',
  async () => {
    const { world, server } = await start('result.classes: pii.card\n    outcome: ok', 'crm');
    const { isError, text } = await server.call('query_customer_pii', { limit: 1 });
    expect({ isError, text }).toMatchObject({ isError: false });
    const next = await server.call('read_entitlements');
    expect(next.isError).toBe(true);
    const [stop] = await until(
      () => stops(world),
      (rows) => rows.length === 1,
    );
    expect(next.text).toContain(stop?.case);
    await server.close();
  },
  { case: 'from what a result shows, after it', ...TIMEOUT },
);

verifies(
  'defer:session',
  async () => {
    const { world, server } = await start('tool.labels: shares-externally', 'drive', 'observe');
    expect((await share(server)).isError).toBe(false);
    expect((await server.call('list_files')).isError).toBe(false);
    expect(await stops(world)).toEqual([]);
    await server.close();
  },
  { case: 'only shown while observing', ...TIMEOUT },
);
