import { join } from 'node:path';
import { type Alert, LEVELS, LIMITS, type SinkView } from '@spoor/core';
import { matchesGlob } from '@spoor/detect';
import { ExportSpool } from '../export/spool.ts';
import { type Delivered, Delivery } from './deliver.ts';
import { type Notice, noticeOf } from './notice.ts';
import type { SinkConfig } from './sink.ts';

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 300_000;
/** What nobody took for so long is kept apart, and holds up nothing any more. */
const AGE_MAX_MS = 24 * 3_600_000;

interface Waiting extends Notice {
  readonly sinceMs: number;
}

/**
 * One sink with its own pace. A notice is on disk before it is told and goes from there when it has
 * been taken, so that neither a hub that dies nor a sink that does not answer loses one.
 */
export class SinkQueue {
  readonly counts = { sent: 0, failures: 0 };
  readonly #sink: SinkConfig;
  readonly #delivery: Delivery;
  readonly #waiting: ExportSpool;
  readonly #dead: ExportSpool;
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  #written: Promise<void> = Promise.resolve();
  #waitMs = RETRY_FIRST_MS;
  #closing = false;
  #state: SinkView['state'] = 'idle';
  #last: Pick<SinkView, 'lastSentMs' | 'lastFailureMs' | 'lastFailure'> = {};

  private constructor(sink: SinkConfig, version: string, waiting: ExportSpool, dead: ExportSpool) {
    this.#sink = sink;
    this.#delivery = new Delivery(sink, version);
    this.#waiting = waiting;
    this.#dead = dead;
    if (waiting.requests > 0) this.#later(0);
  }

  /** @param folder of all sinks */
  static async open(sink: SinkConfig, folder: string, version: string): Promise<SinkQueue> {
    const own = join(folder, sink.name);
    const bytes = LIMITS.sinkSpoolBytesMax;
    const waiting = await ExportSpool.open(join(own, 'waiting'), bytes);
    return new SinkQueue(sink, version, waiting, await ExportSpool.open(join(own, 'dead'), bytes));
  }

  get name(): string {
    return this.#sink.name;
  }

  /** What its owner wants to hear of: news, and where it is asked for what happens again. */
  wants({ rule, status }: Alert): boolean {
    const { level, rules, repeat } = this.#sink;
    if (status === 'dismissed' || status === 'resolved') return false;
    if (status !== 'new' && !repeat) return false;
    if (LEVELS.indexOf(rule.level) < LEVELS.indexOf(level)) return false;
    return rules.length === 0 || rules.some((glob) => matchesGlob(glob, rule.id));
  }

  add(alert: Alert): void {
    const notice: Waiting = { ...noticeOf(alert), sinceMs: Date.now() };
    const body = Buffer.from(JSON.stringify(notice));
    this.#written = this.#written.then(() => this.#waiting.put(body, 1));
    void this.#written.then(() => this.#later(0));
  }

  /** Once, past the queue, whatever its filter says. */
  async test(alert: Alert): Promise<Delivered> {
    const result = await this.#delivery.send(noticeOf(alert));
    this.#note(result);
    return result;
  }

  /** What it refused is told once more. @returns how many */
  async revive(): Promise<number> {
    let count = 0;
    for (let left = this.#dead.requests; left > 0; left--) {
      const kept = await this.#dead.first();
      if (kept === undefined) break;
      const notice = readNotice(kept.body);
      if (notice !== undefined) {
        await this.#waiting.put(Buffer.from(JSON.stringify({ ...notice, sinceMs: Date.now() })), 1);
        count += 1;
      }
      await this.#dead.remove(kept.file);
    }
    this.#waitMs = RETRY_FIRST_MS;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#later(0);
    return count;
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    await this.#written;
    await this.#draining;
    await this.#delivery.close();
  }

  get view(): SinkView {
    const { name, kind, level } = this.#sink;
    return {
      name,
      kind,
      to: this.#delivery.to,
      level,
      state: this.#state,
      ...this.counts,
      waiting: this.#waiting.requests,
      dead: this.#dead.requests,
      dropped: this.#waiting.dropped + this.#dead.dropped,
      ...this.#last,
    };
  }

  #later(ms: number): void {
    if (this.#closing || this.#timer !== undefined || this.#draining !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#draining = this.#drain().finally(() => {
        this.#draining = undefined;
        if (this.#waiting.requests > 0) this.#later(this.#waitMs);
      });
    }, ms);
  }

  /** Oldest first, one at a time, until none waits or the sink asks for time. */
  async #drain(): Promise<void> {
    while (!this.#closing) {
      const kept = await this.#waiting.first();
      if (kept === undefined) return;
      const notice = readNotice(kept.body);
      const result: Delivered =
        notice === undefined
          ? { status: 'refused', why: 'INTERNAL' }
          : await this.#delivery.send(notice);
      this.#note(result);
      const isOld = notice !== undefined && Date.now() - notice.sinceMs > AGE_MAX_MS;
      if (result.status === 'later' && !isOld) return;
      if (result.status !== 'sent') await this.#dead.put(kept.body, 1);
      await this.#waiting.remove(kept.file);
    }
  }

  #note(result: Delivered): void {
    if (result.status === 'sent') {
      this.counts.sent += 1;
      this.#state = 'well';
      this.#waitMs = RETRY_FIRST_MS;
      this.#last = { ...this.#last, lastSentMs: Date.now() };
      return;
    }
    this.counts.failures += 1;
    this.#state = result.status === 'later' ? 'waits' : 'refuses';
    this.#last = { ...this.#last, lastFailureMs: Date.now(), lastFailure: result.why };
    if (result.status === 'refused') return;
    const asked = result.afterMs ?? this.#waitMs * 2;
    this.#waitMs = Math.min(Math.max(asked, RETRY_FIRST_MS), RETRY_MAX_MS);
  }
}

function readNotice(body: Uint8Array): Waiting | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString()) as Waiting;
  } catch {
    return undefined;
  }
}
