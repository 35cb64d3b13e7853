import { parentPort, workerData } from 'node:worker_threads';
import type { Analysis } from './analyse.ts';
import { examine } from './examine.ts';
import type { SourceFile } from './files.ts';

/** What the thread is given. */
export interface Work {
  readonly files: readonly SourceFile[];
  /** By the clock of the process, in milliseconds. */
  readonly until: number;
}

/** What it says. */
export type FromWorker =
  | { readonly type: 'at'; readonly path: string }
  | { readonly type: 'done'; readonly analysis: Analysis };

const { files, until } = workerData as Work;
const say = (message: FromWorker): void => parentPort?.postMessage(message);

const analysis = examine(files, {
  progress: (path) => say({ type: 'at', path }),
  isLate: () => Date.now() > until,
});
say({ type: 'done', analysis });
