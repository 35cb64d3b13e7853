/** From starting a server to its first byte: directly, and through `spoor run` by a running hub. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SPOOR, startBenchHub } from './hub.ts';
import { quantile, type Report } from './report.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const NODE = process.execPath;
const SERVER = [NODE, path('fixtures/echo-server.ts')];
const ROUNDS = 15;

const HELLO = `${JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'b', version: '1' },
  },
})}\n`;

export async function startup(): Promise<Report> {
  const hub = await startBenchHub();
  const { env } = hub;
  const direct: number[] = [];
  const wrapped: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    direct.push(await firstByte(SERVER, env));
    wrapped.push(await firstByte([...SPOOR, 'run', '--name', 'echo', '--', ...SERVER], env));
  }
  await hub.stop();
  // The first of each fills the compile cache.
  const [a, b] = [direct.slice(1), wrapped.slice(1)].map((times) => quantile(times, 0.5));
  const figures = { 'direct.p50': a ?? 0, 'wrapped.p50': b ?? 0, 'added.p50': (b ?? 0) - (a ?? 0) };
  return { name: 'startup', unit: 'ms', figures };
}

async function firstByte(
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const start = performance.now();
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(HELLO);
  await once(child.stdout, 'data');
  const time = performance.now() - start;
  child.stdin.end();
  await once(child, 'exit');
  return time;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await startup(), null, 2)}\n`);
}
