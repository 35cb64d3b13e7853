import { Worker } from 'node:worker_threads';
import { CodedError, type ErrorCode } from '@spoor/core';
import type {
  FromWorker,
  HubState,
  Loaded,
  Question,
  RecordBatch,
  ToWorker,
  WorkerSettings,
} from './bus.ts';

/** The worker thread as the main thread sees it. Records are handed over in batches, so that one commit holds many. */
export class WorkerPort {
  readonly #worker: Worker;
  readonly #answer: (question: Question) => Promise<unknown>;
  #batch: { -readonly [Key in keyof RecordBatch]: RecordBatch[Key][number][] } = emptyBatch();
  #timer: NodeJS.Timeout | undefined;
  /** Of the worker: live streams, exported spans and the like. */
  counts: Readonly<Record<string, number>> = {};
  #storedSeq = 0;
  #stored: { readonly seq: number; readonly resolve: () => void }[] = [];

  private constructor(worker: Worker, answer: (question: Question) => Promise<unknown>) {
    this.#worker = worker;
    this.#answer = answer;
  }

  /** Rejects with the code with which the worker failed to start. */
  static async start(
    settings: WorkerSettings,
    answer: (question: Question) => Promise<unknown>,
  ): Promise<{ readonly port: WorkerPort; readonly loaded: Loaded; readonly url: string }> {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
      workerData: settings,
    });
    const port = new WorkerPort(worker, answer);
    const started = Promise.withResolvers<{ loaded: Loaded; url: string }>();
    let loaded: Loaded | undefined;
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'loaded') loaded = message.loaded;
      else if (message.type === 'listening' && loaded !== undefined)
        started.resolve({ loaded, url: message.url });
      else if (message.type === 'failed')
        started.reject(new CodedError(message.code as ErrorCode, message.detail));
      else port.#receive(message);
    });
    worker.on('error', (error) => started.reject(error));
    return { port, ...(await started.promise) };
  }

  record(part: Partial<RecordBatch>): void {
    this.#batch.observations.push(...(part.observations ?? []));
    this.#batch.detections.push(...(part.detections ?? []));
    this.#batch.bindings.push(...(part.bindings ?? []));
    this.#batch.definitions.push(...(part.definitions ?? []));
    this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  state(state: HubState): void {
    this.#send({ type: 'state', state });
  }

  /** Resolves when everything up to this `seq` is stored. */
  stored(seq: number): Promise<void> {
    if (this.#storedSeq >= seq) return Promise.resolve();
    return new Promise((resolve) => this.#stored.push({ seq, resolve }));
  }

  async close(): Promise<void> {
    this.#flush();
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#send({ type: 'close' });
    await ended;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#batch;
    this.#batch = emptyBatch();
    this.#send({ type: 'record', batch });
  }

  #receive(message: FromWorker): void {
    if (message.type === 'counts') this.counts = message.counts;
    if (message.type === 'stored') this.#noteStored(message.seq);
    if (message.type !== 'ask') return;
    const { id, question } = message;
    this.#answer(question).then(
      (value) => this.#send({ type: 'answer', id, value }),
      (error: unknown) => {
        const { code, detail } =
          error instanceof CodedError ? error : new CodedError('BAD_REQUEST');
        this.#send({ type: 'answer', id, value: null, error: { code, detail } });
      },
    );
  }

  #noteStored(seq: number): void {
    this.#storedSeq = seq;
    const due = this.#stored.filter((one) => one.seq <= seq);
    this.#stored = this.#stored.filter((one) => one.seq > seq);
    for (const { resolve } of due) resolve();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}

/** Short enough for a live view, long enough to share a commit. */
const BATCH_MS = 10;

const emptyBatch = (): { observations: []; detections: []; bindings: []; definitions: [] } => ({
  observations: [],
  detections: [],
  bindings: [],
  definitions: [],
});
