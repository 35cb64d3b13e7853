import { LIMITS, type ReportView } from '@spoor/core';
import type { ReportRequest } from '@spoor/edge/wire';
import type { Connection } from './decide/admission.ts';

interface Known {
  /** Whose connection told it last; absent when that is gone. */
  connection?: Connection;
  view: ReportView;
}

/**
 * What sensors have counted, as they say while they run. Sums only grow: they outlive the sensors,
 * and a sensor that says less than before has said nothing.
 */
export class Reports {
  /** The longest unheard first. */
  readonly #known = new Map<string, Known>();
  readonly #sums = new Map<string, number>();
  #dropped = 0;

  take(connection: Connection, { source, about, counts }: ReportRequest, nowMs: number): void {
    const { node, hello } = connection;
    const { kind } = hello.sensor;
    const key = `${node ?? ''} ${source}`;
    const before = this.#known.get(key)?.view.counts ?? {};
    const grown: Record<string, number> = { ...before };
    for (const [name, count] of Object.entries(counts)) {
      this.#add(`${kind}.${name}`, count - (before[name] ?? 0));
      grown[name] = Math.max(count, before[name] ?? 0);
    }
    this.#known.delete(key);
    this.#known.set(key, {
      connection,
      view: {
        kind,
        about,
        ...(node === undefined ? {} : { node }),
        running: true,
        lastMs: nowMs,
        counts: grown,
      },
    });
    if (this.#known.size > LIMITS.reportsMax) this.#forget();
  }

  left(connection: Connection): void {
    for (const known of this.#known.values()) {
      if (known.connection !== connection) continue;
      delete known.connection;
      known.view = { ...known.view, running: false };
    }
  }

  get views(): readonly ReportView[] {
    const views = [...this.#known.values()].map(({ view }) => view);
    return views.sort((a, b) => Number(b.running) - Number(a.running) || b.lastMs - a.lastMs);
  }

  /** Of all sensors together, by kind and name. */
  get counts(): Readonly<Record<string, number>> {
    return { ...Object.fromEntries(this.#sums), reportsDropped: this.#dropped };
  }

  #add(name: string, more: number): void {
    if (more <= 0) return;
    const sum = this.#sums.get(name);
    if (sum === undefined && this.#sums.size >= LIMITS.reportSumsMax) this.#dropped += 1;
    else this.#sums.set(name, (sum ?? 0) + more);
  }

  /** One that is gone, or else the one that was not heard for longest. */
  #forget(): void {
    const keys = [...this.#known.keys()];
    const gone = keys.find((key) => this.#known.get(key)?.view.running === false);
    this.#known.delete(gone ?? keys[0] ?? '');
  }
}
