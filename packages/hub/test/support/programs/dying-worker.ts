import { parentPort } from 'node:worker_threads';

/** Starts as the hub's worker does, and fails when it is given its first record. */
parentPort?.postMessage({
  type: 'loaded',
  loaded: { lastSeq: 0, bindings: [], definitions: [], norms: [], recent: [] },
});
parentPort?.postMessage({ type: 'listening', url: 'http://127.0.0.1:1' });
parentPort?.on('message', (message: { readonly type: string }) => {
  if (message.type === 'record') throw new Error('broken');
  if (message.type === 'close') parentPort?.close();
});
