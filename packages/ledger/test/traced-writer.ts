/** A writer that is traced: one entry at a time, and a line of output when it is durable. */
import { writeSync } from 'node:fs';
import { systemClock, systemRandom } from '@spoor/core';
import { openLedger } from '../src/index.ts';
import { entry, ORIGIN } from './fixtures.ts';

const [folder = '', entries = '0'] = process.argv.slice(2);

const ledger = await openLedger({
  dir: `${folder}/log`,
  stateDir: `${folder}/state`,
  origin: ORIGIN,
  clock: systemClock,
  random: systemRandom,
});
for (let n = 0; n < Number(entries); n++) {
  await ledger.append(entry(n))?.durable();
  writeSync(1, `durable ${n}\n`);
}
await ledger.close();
