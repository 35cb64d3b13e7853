import { existsSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/** The hub's worker, but that its first life ends with the first record that it is given. */
const marker = `${(workerData as { readonly storePath: string }).storePath}.died`;
if (!existsSync(marker)) {
  parentPort?.on('message', (message: { readonly type: string }) => {
    if (message.type !== 'record') return;
    writeFileSync(marker, '');
    throw new Error('broken');
  });
}
await import('../../../src/worker.ts');
