import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { batch, observation } from '../build.ts';

/** Appends until it is killed, and says each `seq` that the store has returned for. */
const store = openSqliteStore(process.argv[2] ?? '');
for (let seq = 1; ; seq++) {
  store.append(batch(observation(seq)));
  process.stdout.write(`${seq}\n`);
}
