/** A writer that is killed: tells on standard output what it was promised, one line for each. */
import { systemClock, systemRandom } from '@spoor/core';
import { openLedger } from '../src/index.ts';
import { entry, ORIGIN } from './fixtures.ts';

const folder = process.argv[2] ?? '';

const ledger = await openLedger({
  dir: `${folder}/log`,
  stateDir: `${folder}/state`,
  origin: ORIGIN,
  clock: systemClock,
  random: systemRandom,
  publishIntervalMs: 10,
});
for (let n = 0; ; n++) {
  const group = Array.from({ length: 1 + (n % 40) }, () => ledger.append(entry(n)));
  await Promise.all(group.map((appended) => appended?.durable()));
  const lines = group.map((appended) => `${appended?.index} ${appended?.leafHash}\n`);
  process.stdout.write(lines.join(''));
}
