import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
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

async function run(
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [MAIN, 'mcp', ...args], { env: { ...env, ...more } });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  child.stdin.end();
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...said };
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
  test('nothing to ask', async () => {
    const { code, out, err } = await run([], { VT_INSTANCE_ENTRYPOINT: '' });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('VT_INSTANCE_ENTRYPOINT');
  });

  test('an entry point that needs a word', async () => {
    const { code, err } = await run([], { VT_INSTANCE_ENTRYPOINT: 'http://10.1.2.3:10428' });
    expect(code).toBe(77);
    expect(err).toContain('ALLOW_INSECURE_ENTRYPOINT');
  });

  test('a header that is none', async () => {
    const { code, err } = await run([], { VT_INSTANCE_HEADERS: 'Host=evil' });
    expect(code).toBe(2);
    expect(err).toContain('HEADER_REFUSED');
  });

  test.each([
    [['--mode', 'tcp'], 'USAGE'],
    [['--allow', 'all'], 'USAGE'],
    [['--listen', 'x'], 'USAGE'],
    [['--file', 'absent.yaml'], 'QUERY_CONFIG'],
  ])('%j', async (args, code) => {
    expect((await run(args)).err).toContain(code);
  });
});

test('a check asks each backend', async () => {
  const file = join(folder, 'mcp.yaml');
  writeFileSync(
    file,
    `deployments:\n  - { name: gone, kind: jaeger, url: "http://127.0.0.1:1" }\n`,
  );
  const { code, out } = await run(['--check', '--json', '--file', file]);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    mode: 'stdio',
    deployments: [
      { name: 'victoriatraces', services: 1 },
      { name: 'gone', failed: 'BACKEND_UNREACHABLE' },
    ],
  });
  expect(out).not.toContain(TOKEN);
});
