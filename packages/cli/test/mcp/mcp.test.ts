import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { ERRORS } from '@spoor/core';
import { locateHome } from '@spoor/edge/home';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { mcp } from '../../src/commands/mcp/mcp.ts';
import { startBackend } from './backend.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const TOKEN = 'canary-token-5d1e';

/** The client asks a second process for its version when it is given the base class itself. */
class OneProcessTransport extends StdioClientTransport {}

let folder: string;
let backend: Awaited<ReturnType<typeof startBackend>>;
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spoor-mcp-'));
  backend = await startBackend();
  env = {
    PATH: process.env.PATH ?? '',
    SPOOR_HOME: join(folder, 'home'),
    SPOOR_CONFIG: join(folder, 'config'),
    VT_INSTANCE_ENTRYPOINT: backend.url,
    VT_INSTANCE_BEARER_TOKEN: TOKEN,
    VT_DEFAULT_TENANT_ID: '3:4',
  };
});

afterEach(() => void backend.asked.splice(0));

afterAll(() => {
  backend.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The command within this process; it ends by itself where it is not to serve. */
function run(flags: Record<string, string | boolean>, more: Record<string, string> = {}) {
  const said: unknown[] = [];
  const all = { ...env, ...more };
  const out = {
    colour: false,
    line: (text: string) => void said.push(text),
    json: (value: unknown) => void said.push(value),
    note: (text: string) => void said.push(text),
  };
  const context = { flags, words: [], rest: [], env: all, home: locateHome(all), out };
  return { said, code: mcp.run(context) };
}

describe('on standard input and output', () => {
  for (const [name, mode] of Object.entries({
    legacy: 'legacy' as const,
    modern: { pin: '2026-07-28' },
  }))
    verifies(
      'query:stdio',
      async () => {
        const transport = new OneProcessTransport({
          command: process.execPath,
          args: [MAIN, 'mcp'],
          env,
          stderr: 'pipe',
        });
        let log = '';
        transport.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
        const client = new Client({ name: 'test', version: '0' }, { versionNegotiation: { mode } });
        await client.connect(transport);
        const { structuredContent } = await client.callTool({ name: 'services', arguments: {} });
        expect(structuredContent).toMatchObject({ names: ['shop'] });
        await client.close();
        expect(backend.asked).toMatchObject([
          {
            path: '/select/jaeger/api/services',
            headers: { authorization: `Bearer ${TOKEN}`, accountid: '3', projectid: '4' },
          },
        ]);
        expect(log).toContain('tool=services caller=local outcome=OK');
        expect(log).not.toContain(TOKEN);
      },
      { case: name },
    );
});

test('over HTTP, and ends when it is told to', async () => {
  const child = spawn(
    process.execPath,
    [MAIN, 'mcp', '--mode', 'http', '--listen', '127.0.0.1:0'],
    {
      env,
    },
  );
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  const [, url = ''] = /^listening on (\S+)/.exec(chunk.toString()) ?? [];
  const client = new Client({ name: 'test', version: '0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  const { structuredContent } = await client.callTool({ name: 'services', arguments: {} });
  expect(structuredContent).toMatchObject({ names: ['shop'] });
  await client.close();
  child.kill('SIGINT');
  expect((await once(child, 'close'))[0]).toBe(0);
});

describe('what is wrong is said first', () => {
  test.each([
    [{}, { VT_INSTANCE_ENTRYPOINT: '' }, 'QUERY_NO_BACKEND'],
    [{}, { VT_INSTANCE_ENTRYPOINT: 'http://10.1.2.3:10428' }, 'BACKEND_REFUSED'],
    [{}, { VT_INSTANCE_HEADERS: 'Host=evil' }, 'HEADER_REFUSED'],
    [{ mode: 'tcp' }, {}, 'USAGE'],
    [{ allow: 'all' }, {}, 'USAGE'],
    [{ listen: 'x' }, {}, 'USAGE'],
    [{ file: 'absent.yaml' }, {}, 'QUERY_CONFIG'],
  ])('%j %j', async (flags, more, code) => {
    await expect(run(flags, more as Record<string, string>).code).rejects.toMatchObject({ code });
  });

  test('with the setting that helps', () => {
    expect(ERRORS.QUERY_NO_BACKEND.hint).toContain('VT_INSTANCE_ENTRYPOINT');
    expect(ERRORS.BACKEND_REFUSED.hint).toContain('ALLOW_INSECURE_ENTRYPOINT=1');
  });
});

test('a check asks each backend', async () => {
  const file = join(folder, 'mcp.yaml');
  writeFileSync(
    file,
    `deployments:\n  - { name: gone, kind: jaeger, url: "http://127.0.0.1:1" }\n`,
  );
  const { said, code } = run({ check: true, json: true, file });
  expect(await code).toBe(1);
  expect(said).toMatchObject([
    {
      mode: 'stdio',
      deployments: [
        { name: 'victoriatraces', services: 1 },
        { name: 'gone', failed: 'BACKEND_UNREACHABLE' },
      ],
    },
  ]);
  expect(JSON.stringify(said)).not.toContain(TOKEN);
});
