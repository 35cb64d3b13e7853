/**
 * What `spoor run` adds to a call, against the same call without it and against the yardstick: a
 * bare wrapper that makes as many remote procedure calls. All arms in one run, in turns, so that
 * the machine's moods hit all alike.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SPOOR, startBenchHub } from './hub.ts';
import { Peer } from './peer.ts';
import { quantile, type Report } from './report.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const NODE = process.execPath;
const SERVER = [NODE, path('fixtures/echo-server.ts')];

/** Until the compiler has settled, in every arm; what the first calls cost is told too. */
const WARM_UP = 3_000;
const COLD = 100;
const ROUNDS = 12;
const CALLS = 150;
const SIZES = [100, 1_000, 10_000];

interface Arms {
  readonly direct: Peer;
  readonly yardstick: Peer;
  readonly spoor: Peer;
  /** The same with denials real: then every call waits for its decision. */
  readonly enforcing: Peer;
}

export async function latency(): Promise<Report> {
  const hub = await startBenchHub();
  const { env, folder } = hub;
  const socket = join(folder, 'rpc.sock');
  const rpc = spawn(NODE, [path('fixtures/rpc-echo.ts'), socket], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(rpc.stdout, 'data');
  const arms: Arms = {
    direct: await new Peer(SERVER, env).open(),
    yardstick: await new Peer(
      [NODE, path('fixtures/bare-wrapper.ts'), socket, ...SERVER],
      env,
    ).open(),
    spoor: await new Peer([...SPOOR, 'run', '--name', 'echo', '--', ...SERVER], env).open(),
    enforcing: await new Peer(
      [...SPOOR, 'run', '--name', 'enforced', '--enforce', '--', ...SERVER],
      env,
    ).open(),
  };
  try {
    const figures: Record<string, number> = {};
    for (const bytes of SIZES) Object.assign(figures, await measure(arms, 'echo', bytes));
    Object.assign(figures, await measure(arms, 'send_message', 100), syncTime(folder));
    // What must be on disk first may cost a bare fdatasync more.
    const durable = figures['send_message.100B.spoor.added.p50'] ?? 0;
    const bare = figures['send_message.100B.yardstick.added.p50'] ?? 0;
    const sync = figures['fdatasync.p50'] ?? 0;
    figures['send_message.durable.ratio'] = durable / (1.5 * (bare + sync));
    return { name: 'latency', unit: 'ms', figures };
  } finally {
    await Promise.all(Object.values(arms).map((arm: Peer) => arm.close()));
    rpc.kill();
    await hub.stop();
  }
}

async function measure(arms: Arms, tool: string, bytes: number): Promise<Record<string, number>> {
  const text = 'lorem ipsum dolor sit amet '.repeat(Math.ceil(bytes / 27)).slice(0, bytes);
  const names = ['direct', 'yardstick', 'spoor', 'enforcing'] as const;
  const times: Record<keyof Arms, number[]> = {
    direct: [],
    yardstick: [],
    spoor: [],
    enforcing: [],
  };
  const cold = await calls(arms.spoor, tool, text, COLD);
  for (const name of names) await calls(arms[name], tool, text, WARM_UP);
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) times[name].push(...(await calls(arms[name], tool, text, CALLS)));
  }
  const key = `${tool}.${bytes}B`;
  const p50 = (name: keyof Arms): number => quantile(times[name], 0.5);
  const added = p50('spoor') - p50('direct');
  const yardstick = p50('yardstick') - p50('direct');
  return {
    [`${key}.direct.p50`]: p50('direct'),
    [`${key}.yardstick.added.p50`]: yardstick,
    [`${key}.spoor.added.p50`]: added,
    [`${key}.spoor.added.p99`]: quantile(times.spoor, 0.99) - quantile(times.direct, 0.99),
    [`${key}.spoor.cold.p50`]: quantile(cold, 0.5),
    [`${key}.ratio`]: added / yardstick,
    [`${key}.enforcing.added.p50`]: p50('enforcing') - p50('direct'),
  };
}

async function calls(peer: Peer, tool: string, text: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await peer.ask('tools/call', { name: tool, arguments: { text: `${i} ${text}` } });
    times.push(performance.now() - start);
  }
  return times;
}

/** A bare write and fdatasync of 4 KiB: what being durable costs at least. */
function syncTime(folder: string): Record<string, number> {
  const file = openSync(join(folder, 'sync'), 'a');
  const page = Buffer.alloc(4096, 1);
  const times = Array.from({ length: 200 }, () => {
    const start = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  return { 'fdatasync.p50': quantile(times, 0.5) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await latency(), null, 2)}\n`);
}
