import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock, systemRandom } from '@spoor/core';
import { expect } from 'vitest';
import { openLedger } from '../src/index.ts';
import { leafHash, readLeaf, verifyLog } from '../src/verify/index.ts';
import { ORIGIN } from './fixtures.ts';

const WRITER = fileURLToPath(new URL('./writer-process.ts', import.meta.url));

/**
 * Kills a writer so many times over, each of them on the log that the one before left, and then
 * looks for everything that any of them had said was durable.
 */
export async function expectKeptThrough(kills: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'spoor-kill-'));
  try {
    await killAndLook(folder, kills);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function killAndLook(folder: string, kills: number): Promise<void> {
  const source = {
    read: (path: string) => readFile(join(folder, 'log', path)).catch(() => undefined),
  };
  const promised = new Map<string, string>();
  const checkpoints: string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const said = await writeUntilKilled(folder, kill);
    for (const line of said.split('\n').slice(0, -1)) {
      const [index = '', hash = ''] = line.split(' ');
      expect(promised.get(index) ?? hash, `entry ${index} twice`).toBe(hash);
      promised.set(index, hash);
    }
    const note = (await source.read('checkpoint'))?.toString();
    if (note !== undefined) checkpoints.push(note);
  }
  const ledger = await openLedger({
    dir: `${folder}/log`,
    stateDir: `${folder}/state`,
    origin: ORIGIN,
    clock: systemClock,
    random: systemRandom,
  });
  await ledger.close();
  expect(promised.size).toBeGreaterThan(kills);
  for (const [index, hash] of promised) {
    const leaf = Buffer.from((await readLeaf(source, Number(index))) ?? '');
    expect(Buffer.from(leafHash(leaf)).toString('hex'), `entry ${index}`).toBe(hash);
  }
  const { verifierKey } = ledger;
  const some = checkpoints.filter((_, n) => n % Math.ceil(checkpoints.length / 10) === 0);
  expect(some.length).toBeGreaterThan(0);
  for (const checkpoint of some) {
    expect((await verifyLog(source, { verifierKey, checkpoint })).status).toBe('ok');
  }
}

/** What it had said. Three of four die at work, the fourth may die while it still starts. */
async function writeUntilKilled(folder: string, kill: number): Promise<string> {
  const child = spawn(process.execPath, [WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  if (kill % 4 !== 3) await once(child.stdout, 'data');
  setTimeout(
    () => child.kill('SIGKILL'),
    kill % 4 === 3 ? 80 + ((kill * 17) % 50) * 4 : (kill * 7) % 60,
  );
  await once(child, 'close');
  return said;
}
