import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock, systemRandom } from '@spoor/core';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { openLedger } from '../src/index.ts';
import { type LogSource, leafHash, readLeaf, verifyLog } from '../src/verify/index.ts';
import { ORIGIN } from './fixtures.ts';

const WRITER = fileURLToPath(new URL('./writer-process.ts', import.meta.url));
const KILLS = 6;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spoor-kill-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Lets a writer run for a while after its first word, kills it, and returns what it had said. */
async function writeUntilKilled(lifeMs: number): Promise<string> {
  const child = spawn(process.execPath, [WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await once(child.stdout, 'data');
  setTimeout(() => child.kill('SIGKILL'), lifeMs);
  await once(child, 'close');
  return said;
}

const source: LogSource = {
  read: (path) => readFile(join(folder, 'log', path)).catch(() => undefined),
};

describe('kill -9', () => {
  verifies(
    'ledger:crash',
    async () => {
      const promised = new Map<string, string>();
      let checkpoint: string | undefined;
      for (let kill = 0; kill < KILLS; kill++) {
        const said = await writeUntilKilled(15 + 23 * kill);
        for (const line of said.split('\n').slice(0, -1)) {
          const [index = '', hash = ''] = line.split(' ');
          promised.set(index, hash);
        }
        checkpoint ??= (await source.read('checkpoint'))?.toString();
      }
      const ledger = await openLedger({
        dir: `${folder}/log`,
        stateDir: `${folder}/state`,
        origin: ORIGIN,
        clock: systemClock,
        random: systemRandom,
      });
      await ledger.close();
      expect(promised.size).toBeGreaterThan(KILLS);
      for (const [index, hash] of promised) {
        const leaf = Buffer.from((await readLeaf(source, Number(index))) ?? '');
        expect(Buffer.from(leafHash(leaf)).toString('hex'), `entry ${index}`).toBe(hash);
      }
      const { verifierKey } = ledger;
      const older = checkpoint === undefined ? {} : { checkpoint };
      const result = await verifyLog(source, { verifierKey, ...older });
      expect(result.status).toBe(checkpoint === undefined ? 'unwitnessed' : 'ok');
    },
    { case: 'kill -9', timeoutMs: 60_000 },
  );
});
