import { request } from 'node:http';
import type { HubView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { ending, firstLine, until, World } from './support.ts';

/** A request under a name that is not the gateway's. */
const asStranger = (url: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { headers: { host: 'evil.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });

const status = (world: World): string => world.call('hub', 'status').stdout;

verifies(
  'hub:reports',
  async () => {
    const world = new World();
    await world.hub();
    const child = world.spoor(
      'gateway',
      '--port',
      '0',
      '--name',
      'files',
      '--url',
      'http://127.0.0.1:9/mcp',
    );
    const url = (await firstLine(child)).replace(/^.* listening on /, '');
    for (let i = 0; i < 3; i++) expect(await asStranger(url)).toBe(403);
    const shown = await until(
      () => status(world),
      (text) => text.includes('GATEWAY_HOST'),
      60_000,
    );
    expect(shown).toMatch(/Gateway +files: 3 requests, 3 GATEWAY_HOST/);
    const { counts, reports } = await world.api<HubView>('hub');
    expect(counts['gateway.GATEWAY_HOST']).toBe(3);
    expect(reports).toMatchObject([{ kind: 'gateway', about: 'files', running: true }]);

    child.kill('SIGTERM');
    await ending(child);
    const after = await until(
      () => status(world),
      (text) => !/^Gateway /m.test(text),
    );
    // It no longer runs; what it has done is not undone.
    expect(after).toMatch(/gateway\.GATEWAY_HOST +3/);
  },
  { case: 'a gateway', timeoutMs: 60_000 },
);

verifies(
  'hub:reports',
  async () => {
    const world = new World();
    await world.hub();
    const child = world.spoor('run', '--name', 'tickets', '--url', 'http://127.0.0.1:9/mcp');
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n');
    await firstLine(child);
    const shown = await until(
      () => status(world),
      (text) => text.includes('UPSTREAM_'),
      60_000,
    );
    expect(shown).toMatch(/Wrapper +tickets: 1 UPSTREAM_UNREACHABLE/);
    child.stdin.end();
    await ending(child);
  },
  { case: 'a wrapper', timeoutMs: 60_000 },
);
