import { takeLock } from '../../../src/lock.ts';

/** Says whether it got the lock, and holds it until it is killed. */
try {
  takeLock(process.argv[2] ?? '', () => 'another');
  process.stdout.write('held\n');
  setInterval(() => undefined, 1_000);
} catch (error) {
  process.stdout.write(`${String(error)}\n`);
}
