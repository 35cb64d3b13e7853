import { LIMITS, type Random, safeName, uuidv7 } from '@spoor/core';
import type { HubClient } from './hubclient.ts';

interface ReporterOptions {
  /** What the sensor stands in front of. */
  readonly about: string;
  readonly random: Random;
  /** What it has counted since it began. */
  readonly counts: () => Readonly<Record<string, number>>;
  /** By which the hub can be told, if by any. */
  readonly hub: () => Pick<HubClient, 'report'> | undefined;
}

/** Tells the hub what a sensor counts while it runs; what nobody hears is told again. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #source: string;
  readonly #about: string;
  readonly #timer: NodeJS.Timeout;
  #told = '';
  #by: Pick<HubClient, 'report'> | undefined;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#source = uuidv7(Date.now(), options.random);
    this.#about = safeName(options.about, () => 'servers');
    this.#timer = setInterval(() => void this.tell(), LIMITS.reportEveryMs).unref();
  }

  /** Never rejects. */
  async tell(): Promise<void> {
    const counts = Object.fromEntries(
      Object.entries(this.#options.counts()).filter(([, count]) => count > 0),
    );
    const text = JSON.stringify(counts);
    if (text === '{}') return;
    const hub = this.#options.hub();
    // A report belongs to the connection that brought it, and with another one it is told anew.
    if (hub === undefined || (text === this.#told && hub === this.#by)) return;
    if (!(await hub.report(this.#source, this.#about, counts))) return;
    this.#told = text;
    this.#by = hub;
  }

  /** Says the last. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.tell();
  }
}
