import { readFile } from 'node:fs/promises';
import { type Alert, CodedError, type SessionId, type SinkView } from '@spoor/core';
import type { HubOptions } from '../options.ts';
import type { Delivered } from './deliver.ts';
import { SinkQueue } from './queue.ts';
import type { SinkConfig } from './sink.ts';
import { parseSinks } from './sinks-file.ts';

/** Throws CONFIG_UNREADABLE or SINKS_INVALID; none without a file. */
export async function loadSinks({
  sinksFile,
}: Pick<HubOptions, 'sinksFile'>): Promise<readonly SinkConfig[]> {
  if (sinksFile === undefined) return [];
  const text = await readFile(sinksFile, 'utf8').catch((error: unknown) => {
    throw new CodedError('CONFIG_UNREADABLE', sinksFile, error);
  });
  return parseSinks(text, sinksFile);
}

/** Everybody who is told of alerts; one that does not answer holds up no other. */
export class Sinks {
  readonly #queues: readonly SinkQueue[];

  private constructor(queues: readonly SinkQueue[]) {
    this.#queues = queues;
  }

  static async open(sinks: readonly SinkConfig[], folder: string, version: string): Promise<Sinks> {
    return new Sinks(await Promise.all(sinks.map((sink) => SinkQueue.open(sink, folder, version))));
  }

  tell(alert: Alert): void {
    for (const queue of this.#queues) if (queue.wants(alert)) queue.add(alert);
  }

  get views(): readonly SinkView[] {
    return this.#queues.map(({ view }) => view);
  }

  get counts(): Readonly<Record<string, number>> {
    const sum = (read: (view: SinkView) => number): number =>
      this.views.reduce((total, view) => total + read(view), 0);
    return {
      sinkSent: sum((view) => view.sent),
      sinkFailures: sum((view) => view.failures),
      sinkDropped: sum((view) => view.dropped),
      sinkDead: sum((view) => view.dead),
      sinkWaiting: sum((view) => view.waiting),
    };
  }

  test(name: string, nowMs: number): Promise<Delivered> {
    return this.#named(name).test(trialAlert(nowMs));
  }

  revive(name: string): Promise<number> {
    return this.#named(name).revive();
  }

  async close(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.close()));
  }

  #named(name: string): SinkQueue {
    const found = this.#queues.find((queue) => queue.name === name);
    if (found === undefined) throw new CodedError('NOT_FOUND', 'sink');
    return found;
  }
}

/** It says of itself that it is none. */
function trialAlert(nowMs: number): Alert {
  const session = '00000000-0000-0000-0000-000000000000' as SessionId;
  const rule: Alert['rule'] = {
    id: 'spoor-test',
    title: 'A test of this sink',
    level: 'informational',
    description: 'Somebody tried whether alerts arrive here. Nothing has happened.',
    tags: [],
    falsePositives: [],
    advice: 'Nothing is to be done.',
  };
  return {
    id: `test-${nowMs}`,
    rule,
    session,
    title: rule.title,
    status: 'new',
    firstMs: nowMs,
    lastMs: nowMs,
    count: 1,
    action: 'allow',
    wanted: 'allow',
    detection: { rule, seq: 0, atMs: nowMs, session, path: [], group: {}, response: 'alert' },
  };
}
