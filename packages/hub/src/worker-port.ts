import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { asciiJson, CodedError, type ErrorCode, LIMITS, type Observation } from '@spoor/core';
import type { NormRow } from '@spoor/detect';
import {
  type FromWorker,
  type HubState,
  type Loaded,
  type Question,
  type RecordBatch,
  type ToWorker,
  type WorkerSettings,
  type WrittenBatch,
  writeBatch,
} from './bus.ts';
import type { Unstored } from './unstored.ts';

export interface WorkerPortOptions {
  readonly settings: WorkerSettings;
  readonly answer: (question: Question) => Promise<unknown>;
  /** The worker ended unasked: nothing is stored or served any more, and decisions go on. */
  readonly onDeath: (why: string) => void;
  /** Where observations lie until the store has them. */
  readonly unstored?: Unstored;
  /** The worker's program; ours without it. */
  readonly program?: URL;
}

/** How often it is started anew before it is left alone, and how long that counts. */
const RESTARTS_MAX = 5;
const RESTARTS_WITHIN_MS = 600_000;
const RESTART_AFTER_MS = 500;

/** A worker that has begun to serve. */
interface Started {
  readonly worker: Worker;
  readonly loaded: Loaded;
  readonly url: string;
}

/**
 * The worker thread as the main thread sees it. Records are handed over in batches, so that one
 * commit holds many. A worker that dies is started anew on the same port, and is told again what it
 * had not taken.
 */
export class WorkerPort {
  readonly #options: WorkerPortOptions;
  readonly #ended = Promise.withResolvers<void>();
  #settings: WorkerSettings;
  /** Absent while there is none. */
  #worker: Worker | undefined;
  #batch: Gathered = emptyBatch();
  /** In which its first observation was written down. */
  #batchTurn: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Batches that no worker has taken, oldest first. */
  #untaken: Sent[] = [];
  #underway = 0;
  #state: 'runs' | 'closes' | 'ended' = 'runs';
  #deathsMs: number[] = [];
  #told: Readonly<Record<string, number>> = {};
  readonly #own = { recordsDropped: 0, workerDied: 0 };

  private constructor(options: WorkerPortOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  /** Rejects with the code with which the worker failed to start. */
  static async start(
    options: WorkerPortOptions,
  ): Promise<{ readonly port: WorkerPort; readonly loaded: Loaded; readonly url: string }> {
    const port = new WorkerPort(options);
    const { loaded, url } = await port.#start();
    return { port, loaded, url };
  }

  /** The worker's own counts as last told, and what was lost on the way to it. */
  get counts(): Readonly<Record<string, number>> {
    return { ...this.#told, ...this.#own, ...this.#options.unstored?.counts };
  }

  record(part: Partial<RecordBatch>): void {
    const batch = this.#batch;
    if (part.observations !== undefined) this.#observe(part.observations);
    if (part.detections !== undefined) batch.detections.push(...part.detections);
    if (part.bindings !== undefined) batch.bindings.push(...part.bindings);
    if (part.definitions !== undefined) batch.definitions.push(...part.definitions);
    if (part.norms !== undefined) this.#addNorms(part.norms);
    if (part.past !== undefined) batch.past.push(...part.past);
    if (part.connections !== undefined) batch.connections.push(...part.connections);
    this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  #observe(observations: readonly Observation[]): void {
    const bodies = observations.map(asciiJson);
    this.#batch.observations.push(...observations);
    this.#batch.bodies.push(...bodies);
    const { unstored } = this.#options;
    if (unstored === undefined) return;
    this.#batchTurn ??= unstored.turn;
    unstored.add(bodies);
  }

  /** What was not sent waits for the next batch, the newest of each key. */
  #addNorms(rows: readonly NormRow[]): void {
    const { norms } = this.#batch;
    const newest = new Map([...norms, ...rows].map((row) => [`${row.kind} ${row.key}`, row]));
    norms.splice(0, norms.length, ...newest.values());
  }

  state(state: HubState): void {
    this.#send({ type: 'state', state });
  }

  embed(call: string, text: string): void {
    this.#send({ type: 'embed', call, text });
  }

  async close(): Promise<void> {
    this.#flush();
    if (this.#state === 'runs') this.#state = 'closes';
    if (this.#worker === undefined) this.#giveUp();
    else this.#send({ type: 'close' });
    await this.#ended.promise;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#batch;
    const turn = this.#batchTurn;
    this.#batch = emptyBatch();
    this.#batchTurn = undefined;
    const records = batch.observations.length + batch.detections.length;
    if (this.#state === 'ended' || this.#underway > LIMITS.workerUnderwayCharsMax) {
      this.#own.recordsDropped += records;
      this.#addNorms(batch.norms);
      return;
    }
    const written = writeBatch(batch);
    this.#untaken.push({ written, records, turn, deaths: 0 });
    this.#underway += charsOf(written);
    this.#send({ type: 'record', ...written });
  }

  async #start(): Promise<Started> {
    const started = await startWorker(this.#options, this.#settings, {
      receive: (message) => this.#receive(message),
      died: (why) => this.#died(why),
    });
    const { worker, url } = started;
    this.#worker = worker;
    if (this.#state === 'ended') await worker.terminate();
    // A page that is open finds the next worker where this one was.
    this.#settings = { ...this.#settings, port: Number(new URL(url).port) };
    for (const { written } of this.#untaken) this.#send({ type: 'record', ...written });
    if (this.#state === 'closes') this.#send({ type: 'close' });
    return started;
  }

  #died(why: string): void {
    this.#worker = undefined;
    if (this.#state !== 'runs') {
      this.#giveUp();
      return;
    }
    this.#own.workerDied += 1;
    this.#options.onDeath(why);
    this.#dropPoison();
    const nowMs = performance.now();
    this.#deathsMs = this.#deathsMs.filter((ms) => nowMs - ms < RESTARTS_WITHIN_MS).concat(nowMs);
    const deaths = this.#deathsMs.length;
    if (deaths > RESTARTS_MAX) this.#giveUp();
    else setTimeout(() => void this.#restart(), RESTART_AFTER_MS * deaths);
  }

  async #restart(): Promise<void> {
    if (this.#state === 'ended') return;
    await this.#start().catch((error: unknown) => this.#died(String(error)));
  }

  /** What a worker died of twice is not offered a third time. */
  #dropPoison(): void {
    const [first] = this.#untaken;
    if (first === undefined) return;
    first.deaths += 1;
    if (first.deaths < 2) return;
    this.#own.recordsDropped += first.records;
    this.#taken();
  }

  #taken(): void {
    const taken = this.#untaken.shift();
    if (taken !== undefined) this.#underway -= charsOf(taken.written);
  }

  /** What is neither untaken nor waits in the worker has been stored. */
  #stored(waiting: number): void {
    if (waiting > 0 || this.#worker === undefined) return;
    const turns = [...this.#untaken.map(({ turn }) => turn), this.#batchTurn];
    const oldest = turns.find((turn) => turn !== undefined);
    this.#options.unstored?.stored(oldest ?? Number.POSITIVE_INFINITY);
  }

  #giveUp(): void {
    this.#state = 'ended';
    for (const { records } of this.#untaken) this.#own.recordsDropped += records;
    this.#untaken = [];
    this.#ended.resolve();
  }

  #receive(message: FromWorker): void {
    if (message.type === 'counts') {
      this.#told = message.counts;
      this.#stored(message.counts.storeWaiting ?? 0);
    }
    if (message.type === 'taken') {
      this.#taken();
      this.#stored(message.waiting);
    }
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
    this.#worker?.postMessage(message);
  }
}

type Gathered = { readonly [Key in keyof RecordBatch]-?: NonNullable<RecordBatch[Key]>[number][] };

interface Sent {
  readonly written: WrittenBatch;
  readonly records: number;
  readonly turn: number | undefined;
  /** Workers that died with it as the oldest that they had not taken. */
  deaths: number;
}

const charsOf = ({ observations, rest }: WrittenBatch): number => observations.length + rest.length;

interface Listener {
  readonly receive: (message: FromWorker) => void;
  /** It ended after it had started. */
  readonly died: (why: string) => void;
}

/** Rejects where it fails to start. */
async function startWorker(
  options: WorkerPortOptions,
  settings: WorkerSettings,
  { receive, died }: Listener,
): Promise<Started> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const program = options.program ?? new URL(`./worker.${extension}`, import.meta.url);
  const worker = new Worker(program, { workerData: settings, env: ownEnv() });
  const { promise, resolve, reject } = Promise.withResolvers<Started>();
  let loaded: Loaded | undefined;
  let listening = false;
  let why = 'it exited';
  worker.on('message', (message: FromWorker) => {
    if (message.type === 'loaded') loaded = message.loaded;
    else if (message.type === 'listening' && loaded !== undefined) {
      listening = true;
      resolve({ worker, loaded, url: message.url });
    } else if (message.type === 'failed')
      reject(new CodedError(message.code as ErrorCode, message.detail));
    else receive(message);
  });
  worker.on('error', (error) => {
    why = String(error);
  });
  worker.on('exit', () => {
    if (listening) died(why);
    else reject(new CodedError('STORE_UNAVAILABLE', why));
  });
  return promise;
}

/**
 * A thread looks for the cache of compiled code in its environment alone, and without one compiles
 * anew what was compiled at the last start. The last part of the path is the version's.
 */
function ownEnv(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir();
  const known = cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) };
  return { ...known, ...process.env };
}

/** Short enough for a live view, long enough to share a commit, which writes whole pages. */
const BATCH_MS = 25;

const emptyBatch = (): Gathered => ({
  observations: [],
  bodies: [],
  detections: [],
  bindings: [],
  definitions: [],
  norms: [],
  past: [],
  connections: [],
});
