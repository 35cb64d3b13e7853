import type { CallId, Observation, Random } from '@spoor/core';
import { raise } from './alerts.ts';
import type { LiveStream } from './api/live.ts';
import { withoutAtoms } from './api/views.ts';
import type { DetectionRecord, RecordBatch } from './bus.ts';
import { type Shredding, withoutContent } from './store/shred.ts';
import type { Store } from './store/store.ts';

export interface RecorderOptions {
  readonly store: Store;
  readonly live: Pick<LiveStream, 'publish' | 'publishLazily'>;
  readonly random: Random;
  /** Hands finished observations to an exporter. */
  readonly exportSpans?: (observations: readonly Observation[]) => void;
  /** Counts whatever comes by. */
  readonly measure?: (batch: RecordBatch) => void;
  /** Hands it what was left out before, from the store. */
  readonly exportPast?: (calls: readonly CallId[]) => void;
}

/** A batch that the store has not taken whole. */
interface Waiting {
  batch: RecordBatch | undefined;
  readonly rows: number;
  readonly detections: DetectionRecord[];
}

/** A minute of a busy hub; a store that stays away longer loses the oldest, counted. */
const BACKLOG_ROWS_MAX = 10_000;
/**
 * A refusing disk is not asked for every batch; one bad batch must not hold up the others either.
 */
const FAILURES_MAX = 2;

/**
 * Brings records to viewers, into the store and to the exporter, each whatever happens to the
 * others. What the store refuses waits and is tried again.
 */
export class Recorder {
  readonly counts = { storeFailures: 0, unstored: 0, exportFaults: 0 };
  readonly #options: RecorderOptions;
  readonly #backlog: Waiting[] = [];
  #rows = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Rows that wait for the store. */
  get waiting(): number {
    return this.#rows;
  }

  record(batch: RecordBatch): void {
    const rows = batch.observations.length;
    this.#backlog.push({ batch, rows, detections: [...batch.detections] });
    this.#rows += rows;
    this.retry();
    this.#trim();
    const { live } = this.#options;
    for (const [i, observation] of batch.observations.entries())
      live.publishLazily(batch.bodies?.[i]?.length, () => ({
        type: 'observation',
        observation: withoutAtoms(observation, observation.kind === 'intent'),
      }));
    this.#options.measure?.(batch);
    this.#export(batch);
  }

  /**
   * Offers the store what waits. A batch that fails goes to the end, so that the next has its turn.
   */
  retry(): void {
    let failures = 0;
    for (let left = this.#backlog.length; left > 0 && failures < FAILURES_MAX; left--) {
      const head = this.#backlog.shift();
      if (head === undefined) return;
      if (this.#store(head)) {
        this.#rows -= head.rows;
        failures = 0;
      } else {
        this.counts.storeFailures += 1;
        failures += 1;
        this.#backlog.push(head);
      }
    }
  }

  /** What waits for the store goes there without content that was shredded meanwhile. */
  shred({ sessions, calls, atMs }: Shredding): void {
    const gone = new Set([...sessions, ...calls]);
    for (const waiting of this.#backlog) {
      if (waiting.batch === undefined) continue;
      const observations = waiting.batch.observations.map((o) =>
        gone.has(o.session.id) || gone.has(o.id) ? withoutContent(o, atMs) : o,
      );
      const { bodies: _, ...batch } = waiting.batch;
      waiting.batch = { ...batch, observations };
    }
  }

  /** Notes how far it came, so that no alert is counted twice. */
  #store(head: Waiting): boolean {
    const { store, live, random } = this.#options;
    try {
      if (head.batch !== undefined) store.append(head.batch);
      head.batch = undefined;
      for (let next = head.detections[0]; next !== undefined; next = head.detections[0]) {
        const alert = raise(store, next, random);
        head.detections.shift();
        live.publish({ type: 'alert', alert });
      }
      return true;
    } catch {
      return false;
    }
  }

  #trim(): void {
    while (this.#rows > BACKLOG_ROWS_MAX) {
      const rows = this.#backlog.shift()?.rows ?? 0;
      this.#rows -= rows;
      this.counts.unstored += rows;
    }
  }

  #export({ observations, past }: RecordBatch): void {
    try {
      if (past.length > 0) this.#options.exportPast?.(past);
      this.#options.exportSpans?.(observations);
    } catch {
      this.counts.exportFaults += 1;
    }
  }
}
