import { Worker } from 'node:worker_threads';
import { LIMITS } from '@spoor/core';
import type { Analysis, Unread } from './analyse.ts';
import type { SourceFile } from './files.ts';
import type { FromWorker, Work } from './worker.ts';

export interface ContainedOptions {
  /** For one file. */
  readonly fileMs?: number;
  /** For the whole tree. */
  readonly scanMs?: number;
}

/**
 * Examines in a thread of its own, which a hostile file can bring to its end but not past it: the
 * file is named, and the rest is examined again without it.
 */
export async function examineContained(
  files: readonly SourceFile[],
  { fileMs = LIMITS.sourceFileMs, scanMs = LIMITS.sourceScanMs }: ContainedOptions,
): Promise<Analysis> {
  const until = Date.now() + scanMs;
  const unread: Unread[] = [];
  let left = files;
  for (let restarts = 0; restarts <= LIMITS.sourceRestartsMax; restarts += 1) {
    const outcome = await once({ files: left, until }, fileMs);
    if (outcome.status === 'done')
      return { ...outcome.analysis, unread: [...unread, ...outcome.analysis.unread] };
    unread.push({ path: outcome.path, why: outcome.why });
    left = left.filter(({ path }) => path !== outcome.path);
  }
  const why = 'other files of this tree ended the examination';
  return {
    findings: [],
    looked: new Map(),
    unread: [...unread, ...left.map(({ path }) => ({ path, why }))],
  };
}

type Outcome =
  | { readonly status: 'done'; readonly analysis: Analysis }
  | { readonly status: 'ended'; readonly path: string; readonly why: string };

async function once(work: Work, fileMs: number): Promise<Outcome> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    workerData: work,
    resourceLimits: {
      maxOldGenerationSizeMb: LIMITS.sourceHeapMiB,
      stackSizeMb: LIMITS.sourceStackMiB,
    },
    // Nothing of the file's own may be seen on our streams, nor the process's environment there.
    stdout: true,
    stderr: true,
    env: {},
  });
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let path = '';
  const ended = (why: string): void => resolve({ status: 'ended', path, why });
  let timer = setTimeout(() => ended('nothing could be examined'), LIMITS.sourceStartMs);
  worker.on('message', (message: FromWorker) => {
    clearTimeout(timer);
    timer = setTimeout(() => ended('it takes too long'), fileMs);
    if (message.type === 'at') path = message.path;
    else resolve({ status: 'done', analysis: message.analysis });
  });
  worker.on('error', (error) => ended(`it ends the examination (${codeOf(error)})`));
  worker.on('exit', () => ended('it ends the examination'));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'error';
