import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@spoor/core';
import { openLedger } from '@spoor/ledger';
import type { Hammered } from './hammer.ts';

const CALL = '0190c0de-0000-7000-8000-00000000cd34';

/** Callers that each wait for the disk before their next entry. Says what it did as JSON. */
export async function write(folder: string, seconds: number, callers: number): Promise<number> {
  const [dir, stateDir] = [join(folder, 'log'), join(folder, 'ledger-state')];
  const origin = 'hammer.example/log';
  const ledger = await openLedger({
    dir,
    stateDir,
    origin,
    clock: systemClock,
    random: systemRandom,
  });
  writeFileSync(join(stateDir, 'log.vkey'), `${ledger.verifierKey}\n`, { mode: 0o600 });
  const times: number[] = [];
  const start = performance.now();
  const call = async (): Promise<void> => {
    while (performance.now() - start < seconds * 1_000) {
      const asked = performance.now();
      await ledger.append({ kind: 'call.request', call: CALL, seq: times.length })?.durable();
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  const perSecond = (1_000 * times.length) / (performance.now() - start);
  await ledger.close();
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const said: Hammered = {
    appended: times.length,
    perSecond,
    ackMs: { p50: at(0.5), p99: at(0.99) },
  };
  process.stdout.write(JSON.stringify(said));
  return 0;
}
