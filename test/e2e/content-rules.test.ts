import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import type { Alert, HubView, Page, SessionDetail, SessionView } from '@spoor/core';
import { instrument } from '@spoor/instrument';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, connectClient, SERVERS } from './host.ts';
import { kill, until, World } from './support.ts';

/** A rule of a user's own, about what stands in arguments, results or definitions. */
const rule = (name: string, n: number, detection: string, response = 'deny'): string =>
  [
    `title: ${name}`,
    `id: 00000000-0000-4000-8000-00000000000${n}`,
    `name: ${name}`,
    'description: d',
    'level: high',
    `response: ${response}`,
    'logsource: { product: mcp }',
    `detection: ${detection}`,
    '',
  ].join('\n');

const WIPES = rule('wipes', 1, '{s: {request.text|re|i: "rm\\\\s+-rf\\\\s+/"}, condition: s}');
const ANSWERS = rule('answers', 2, '{s: {result.text|contains: gr\u00fcn}, condition: s}', 'alert');
const DEFINES = rule(
  'defines',
  3,
  '{s: {definition.text|contains: echoes}, condition: s}',
  'alert',
);

function worldWith(...rules: readonly string[]): { readonly world: World; readonly file: string } {
  const world = new World();
  const folder = join(world.folder, 'rules');
  mkdirSync(folder);
  const file = join(folder, 'own.yml');
  writeFileSync(file, rules.join('---\n'));
  world.env.SPOOR_RULES = folder;
  return { world, file };
}

const alertOf = (world: World, id: string): Promise<Alert | undefined> =>
  until(
    () => world.api<Page<Alert>>('alerts'),
    ({ rows }) => rows.some((alert) => alert.rule.id === id),
  ).then(({ rows }) => rows.find((alert) => alert.rule.id === id));

verifies(
  'content:live',
  async () => {
    const { world } = worldWith(WIPES, ANSWERS, DEFINES);
    await world.hub('--mode', 'enforce');
    const server = await connect(world, 'everything', SERVERS.everything());
    await server.client.listTools();
    const echo = (message: string): ReturnType<typeof server.call> =>
      server.call('echo', { message });
    expect((await echo('make it Gr\u00dcn')).isError).toBe(false);
    const denied = await echo('then RM  -rf /home');
    expect(denied).toMatchObject({ isError: true, text: expect.stringMatching(/Case c-/) });
    expect(await alertOf(world, 'wipes')).toMatchObject({ action: 'deny' });
    // What the rule looks for is evidence; what was found is content.
    const { detection } = (await alertOf(world, 'answers')) ?? {};
    expect(detection?.path.at(-1)?.matched).toEqual({ 'result.text': 'gr\u00fcn' });
    expect(await alertOf(world, 'defines')).toBeDefined();
    await server.close();
  },
  { case: 'behind `spoor run`', timeoutMs: 60_000 },
);

verifies(
  'content:live',
  async () => {
    const { world } = worldWith(WIPES);
    await world.hub('--mode', 'enforce');
    const agent = new Client({ name: 'agent', version: '1' });
    const client = instrument(agent, { name: 'everything', hub: { home: world.state } });
    const server = await connectClient(client, world, SERVERS.everything());
    expect((await server.call('echo', { message: 'rm -r' })).isError).toBe(false);
    expect((await server.call('echo', { message: 'rm -rf /' })).isError).toBe(true);
    expect(await alertOf(world, 'wipes')).toMatchObject({ action: 'deny' });
    await server.close();
  },
  { case: 'in a program that is joined', timeoutMs: 60_000 },
);

verifies(
  'secrets:file',
  async () => {
    const world = new World();
    const file = join(world.folder, 'own.toml');
    world.env.SPOOR_SECRETS_RULES = file;
    writeFileSync(file, '[[rules]]\nid = "a"\nregex = "("\n');
    const failed = world.call('hub', 'start');
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain('own.toml:3 rule a: not a regular expression');
    writeFileSync(file, `[[rules]]\nid = "quay"\nregex = '''QT-[0-9a-z]{6}'''\n`);
    await world.hub();
    const server = await connect(world, 'everything', SERVERS.everything());
    await server.call('echo', { message: 'see QT-a1b2c3 there' });
    const { rows } = await until(
      () => world.api<Page<SessionView>>('sessions'),
      (page) => page.rows[0]?.calls === 1,
    );
    const { observations } = await world.api<SessionDetail>(`sessions/${rows[0]?.id}`);
    const echo = observations.find(({ tool }) => tool?.name === 'echo');
    expect(echo?.facts.request?.classes).toEqual([{ class: 'secret', count: 1 }]);
    await server.close();
  },
  { case: 'from the setting to the facts', timeoutMs: 60_000 },
);

verifies(
  'content:changed-rules',
  async () => {
    const { world, file } = worldWith(WIPES);
    const first = await world.hub('--mode', 'enforce');
    const server = await connect(world, 'everything', SERVERS.everything());
    const echo = (message: string): ReturnType<typeof server.call> =>
      server.call('echo', { message });
    expect((await echo('rm -rf /')).isError).toBe(true);
    await kill(first, 'SIGTERM');
    writeFileSync(file, WIPES.replace('rm\\\\s+-rf', 'mkfs'));
    await world.hub('--mode', 'enforce');
    await until(
      () => world.api<HubView>('hub'),
      ({ sensors }) => sensors === 1,
    );
    // Until it has heard of the new ones, the sensor goes by the rules that it knows.
    await until(
      () => echo('rm -rf /'),
      ({ isError }) => !isError,
    );
    expect((await echo('mkfs /')).isError).toBe(true);
    await server.close();
  },
  { timeoutMs: 60_000 },
);

verifies(
  'content:alone',
  async () => {
    const { world } = worldWith(WIPES);
    const server = await connect(world, 'everything', SERVERS.everything(), undefined, '--enforce');
    expect((await server.call('echo', { message: 'rm' })).isError).toBe(false);
    expect((await server.call('echo', { message: 'rm -rf /' })).isError).toBe(true);
    await server.close();
  },
  { timeoutMs: 60_000 },
);
