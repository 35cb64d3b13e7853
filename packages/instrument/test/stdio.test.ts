import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { instrument } from '../src/index.ts';
import { Telemetry } from './support.ts';

const SERVER = fileURLToPath(new URL('fixtures/legacy-server.mjs', import.meta.url));

/** What each process of the server was asked; the first is numbered 0. */
async function asked(prepare: (client: Client) => void): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-stdio-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = join(folder, 'log');
  const client = new Client({ name: 'c', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  prepare(client);
  const args = [SERVER, log];
  await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  await client.listTools();
  await client.close();
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  const pids = [...new Set(lines.map((line) => line.split(' ')[0]))];
  return lines.map((line) => {
    const [pid, method] = line.split(' ');
    return `${pids.indexOf(pid)} ${method}`;
  });
}

verifies(
  'inprocess:in-place',
  async () => {
    const plain = await asked(() => undefined);
    // The SDK asks a process of its own for the era, and knows by the transport that it may.
    expect(plain).toContain('1 initialize');
    const telemetry = new Telemetry();
    const { tracerProvider } = telemetry;
    expect(await asked((client) => instrument(client, { tracerProvider }))).toEqual(plain);
    const [listed] = telemetry.named('tools/list');
    expect(listed?.attributes).toMatchObject({
      'network.transport': 'pipe',
      'spoor.server.name': process.execPath.split(/[\\/]/).at(-1),
    });
  },
  { case: 'a real stdio server is probed as without', timeoutMs: 30_000 },
);
