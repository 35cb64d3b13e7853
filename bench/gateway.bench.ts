/**
 * What `spoor gateway` costs: the same calls to the same server, directly, through a proxy that
 * only passes bytes on, and through the gateway with a hub behind it. In turns, so that the
 * machine's moods hit all alike. `mcp-proxy`, which bridges to standard input and output, beside
 * our own bridge.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HttpCaller } from './http-caller.ts';
import { SPOOR, startBenchHub } from './hub.ts';
import { quantile, type Report } from './report.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const NODE = process.execPath;

const ROUNDS = 8;
const ROUND_MS = 500;
/** Until the compiler has settled, in every arm. */
const WARM_UP_CALLS = 8_000;
const CONNECTIONS = 10;
const TEXT = 'lorem ipsum dolor sit amet '.repeat(4);

interface Arm {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  /** Each connection has a legacy session of its own. */
  readonly sessions?: boolean;
}

interface Measured {
  calls: number;
  ms: number;
  readonly alone: number[];
}

export async function gateway(): Promise<Report> {
  const hub = await startBenchHub();
  const running: ChildProcess[] = [];
  const start = async (command: readonly string[]): Promise<string> => {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { env: hub.env, stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(child);
    return String(await once(child.stdout, 'data'));
  };
  try {
    const figures: Record<string, number> = {};
    for (const kind of ['sdk', 'bare']) {
      const direct = Number(await start([NODE, path('fixtures/http-echo-server.ts'), kind]));
      const proxy = Number(await start([NODE, path('fixtures/byte-proxy.ts'), String(direct)]));
      const url = `http://127.0.0.1:${direct}/mcp`;
      const line = await start([...SPOOR, 'gateway', '--name', kind, '--url', url, '--port', '0']);
      const spoor = Number(/:(\d+)\//.exec(line)?.[1]);
      const arms = Object.entries({ direct, proxy, spoor }).map(([name, port]) => ({
        name,
        port,
        path: '/mcp',
      }));
      Object.assign(figures, ratios(kind, await measure(arms)));
    }
    Object.assign(figures, await bridges(start));
    return { name: 'gateway', unit: 'ms, or as named', figures };
  } finally {
    for (const child of running) child.kill();
    await hub.stop();
  }
}

/** A stdio server over HTTP: our bridge beside the one that people use. */
async function bridges(
  start: (command: readonly string[]) => Promise<string>,
): Promise<Record<string, number>> {
  const server = [NODE, path('fixtures/echo-server.ts')];
  const port = String(20_000 + (process.pid % 20_000));
  await start([NODE, mcpProxy(), '--server', 'stream', '--port', port, '--', ...server]);
  // It says that it starts before it listens.
  await delay(1_000);
  const line = await start([...SPOOR, 'gateway', '--stdio', '--port', '0', '--', ...server]);
  const arms = [
    { name: 'direct', port: Number(port), path: '/mcp', sessions: true },
    { name: 'spoor', port: Number(/:(\d+)\//.exec(line)?.[1]), path: '/mcp', sessions: true },
  ];
  const measured = await measure(arms);
  const [peer, own] = [measured.get('direct'), measured.get('spoor')];
  if (peer === undefined || own === undefined) return {};
  return {
    'bridge.mcp-proxy.callsPerSecond': (1_000 * peer.calls) / peer.ms,
    'bridge.mcp-proxy.p50': quantile(peer.alone, 0.5),
    'bridge.spoor.callsPerSecond': (1_000 * own.calls) / own.ms,
    'bridge.spoor.p50': quantile(own.alone, 0.5),
  };
}

/** Ninety packages that nothing else needs: they lie outside of the checkout. */
function mcpProxy(): string {
  const folder = join(tmpdir(), 'spoor-bench-peers');
  const entry = join(folder, 'node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs');
  if (!existsSync(entry)) {
    mkdirSync(folder, { recursive: true });
    const words = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'];
    spawnSync('npm', [...words, 'mcp-proxy@6.7.19'], { stdio: 'ignore' });
  }
  return entry;
}

async function measure(arms: readonly Arm[]): Promise<ReadonlyMap<string, Measured>> {
  const callers = new Map<Arm, HttpCaller[]>();
  const measured = new Map<string, Measured>();
  for (const arm of arms) {
    const opened = Array.from({ length: CONNECTIONS }, async () =>
      HttpCaller.open(arm.port, arm.path, arm.sessions ? await openSession(arm) : undefined),
    );
    callers.set(arm, await Promise.all(opened));
    measured.set(arm.name, { calls: 0, ms: 0, alone: [] });
  }
  await warmUp([...callers.values()]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const arm of arms) {
      const all = callers.get(arm) ?? [];
      const result = measured.get(arm.name);
      const [one] = all;
      if (result === undefined || one === undefined) continue;
      const start = performance.now();
      result.calls += await load(all, ROUND_MS);
      result.ms += performance.now() - start;
      result.alone.push(...(await alone(one, ROUND_MS)));
    }
  }
  for (const all of callers.values()) for (const one of all) one.close();
  return measured;
}

/** In turns, since a server ends a connection that is silent for some seconds. */
async function warmUp(arms: readonly (readonly HttpCaller[])[]): Promise<void> {
  const calls = arms.map(() => 0);
  while (calls.some((count) => count < WARM_UP_CALLS)) {
    for (const [n, all] of arms.entries())
      if ((calls[n] ?? 0) < WARM_UP_CALLS) calls[n] = (calls[n] ?? 0) + (await load(all, ROUND_MS));
      else await load(all, 1);
  }
}

async function openSession({ port, path: at }: Arm): Promise<string> {
  const clientInfo = { name: 'bench', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const response = await fetch(`http://localhost:${port}${at}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  });
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
}

/** All connections at once; returns how many calls were answered. */
async function load(callers: readonly HttpCaller[], ms: number): Promise<number> {
  const end = performance.now() + ms;
  const counts = await Promise.all(
    callers.map(async (caller) => {
      let count = 0;
      for (; performance.now() < end; count++) await caller.call(TEXT);
      return count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function alone(caller: HttpCaller, ms: number): Promise<number[]> {
  const times: number[] = [];
  for (const end = performance.now() + ms; performance.now() < end; ) {
    const start = performance.now();
    const answer = await caller.call(TEXT);
    times.push(performance.now() - start);
    if (!answer.includes('lorem')) throw new Error(answer);
  }
  return times;
}

function ratios(kind: string, measured: ReadonlyMap<string, Measured>): Record<string, number> {
  const direct = measured.get('direct');
  const figures: Record<string, number> = {};
  if (direct === undefined) return figures;
  const perSecond = ({ calls, ms }: Measured): number => (1_000 * calls) / ms;
  figures[`${kind}.direct.callsPerSecond`] = perSecond(direct);
  figures[`${kind}.direct.p50`] = quantile(direct.alone, 0.5);
  for (const [name, one] of measured) {
    if (one === direct) continue;
    figures[`${kind}.${name}.throughput.ratio`] = perSecond(one) / perSecond(direct);
    for (const q of [0.5, 0.99])
      figures[`${kind}.${name}.added.p${100 * q}`] =
        quantile(one.alone, q) - quantile(direct.alone, q);
  }
  return figures;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await gateway(), null, 2)}\n`);
}
