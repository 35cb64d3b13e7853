import { Worker } from 'node:worker_threads';
import { CodedError, type ErrorCode, LIMITS } from '@spoor/core';
import type {
  FromWorker,
  HubState,
  Loaded,
  Question,
  RecordBatch,
  ToWorker,
  WorkerSettings,
} from './bus.ts';

export interface WorkerPortOptions {
  readonly settings: WorkerSettings;
  readonly answer: (question: Question) => Promise<unknown>;
  /** The worker ended unasked: nothing is stored or served any more, and decisions go on. */
  readonly onDeath: (why: string) => void;
  /** The worker's program; ours without it. */
  readonly program?: URL;
}

/**
 * The worker thread as the main thread sees it. Records are handed over in batches, so that one
 * commit holds many.
 */
export class WorkerPort {
  readonly #worker: Worker;
  readonly #options: WorkerPortOptions;
  readonly #ended = Promise.withResolvers<void>();
  #batch: { -readonly [Key in keyof RecordBatch]: RecordBatch[Key][number][] } = emptyBatch();
  #timer: NodeJS.Timeout | undefined;
  /** Characters that the worker was sent and has not taken. */
  #underway = 0;
  #state: 'runs' | 'closes' | 'ended' = 'runs';
  #why = 'it exited';
  #told: Readonly<Record<string, number>> = {};
  readonly #own = { recordsDropped: 0, workerDied: 0 };

  private constructor(worker: Worker, options: WorkerPortOptions) {
    this.#worker = worker;
    this.#options = options;
  }

  /** Rejects with the code with which the worker failed to start. */
  static async start(
    options: WorkerPortOptions,
  ): Promise<{ readonly port: WorkerPort; readonly loaded: Loaded; readonly url: string }> {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const program = options.program ?? new URL(`./worker.${extension}`, import.meta.url);
    const worker = new Worker(program, { workerData: options.settings });
    const port = new WorkerPort(worker, options);
    const started = Promise.withResolvers<{ loaded: Loaded; url: string }>();
    let loaded: Loaded | undefined;
    let listening = false;
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'loaded') loaded = message.loaded;
      else if (message.type === 'listening' && loaded !== undefined) {
        listening = true;
        started.resolve({ loaded, url: message.url });
      } else if (message.type === 'failed')
        started.reject(new CodedError(message.code as ErrorCode, message.detail));
      else port.#receive(message);
    });
    worker.on('error', (error) => {
      port.#why = String(error);
    });
    worker.on('exit', () => {
      started.reject(new CodedError('STORE_UNAVAILABLE', port.#why));
      port.#end(listening);
    });
    return { port, ...(await started.promise) };
  }

  /** The worker's own counts as last told, and what was lost on the way to it. */
  get counts(): Readonly<Record<string, number>> {
    return { ...this.#told, ...this.#own };
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

  async close(): Promise<void> {
    this.#flush();
    if (this.#state === 'runs') this.#state = 'closes';
    this.#send({ type: 'close' });
    await this.#ended.promise;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#batch;
    this.#batch = emptyBatch();
    if (this.#state === 'ended' || this.#underway > LIMITS.workerUnderwayCharsMax) {
      this.#own.recordsDropped += batch.observations.length + batch.detections.length;
      return;
    }
    const text = JSON.stringify(batch);
    this.#underway += text.length;
    this.#send({ type: 'record', batch: text });
  }

  #end(wasListening: boolean): void {
    const unasked = wasListening && this.#state === 'runs';
    this.#state = 'ended';
    this.#ended.resolve();
    if (!unasked) return;
    this.#own.workerDied += 1;
    this.#options.onDeath(this.#why);
  }

  #receive(message: FromWorker): void {
    if (message.type === 'counts') this.#told = message.counts;
    if (message.type === 'taken') this.#underway -= message.chars;
    if (message.type !== 'ask') return;
    const { id, question } = message;
    this.#options.answer(question).then(
      (value) => this.#send({ type: 'answer', id, value }),
      (error: unknown) => {
        const { code, detail } = error instanceof CodedError ? error : new CodedError('INTERNAL');
        this.#send({ type: 'answer', id, value: null, error: { code, detail } });
      },
    );
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
