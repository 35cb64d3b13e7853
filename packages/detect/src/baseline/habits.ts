import type { BaselinePrincipal } from '@spoor/core';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A few calls in a row are nobody's habit. */
const RATE_FLOOR = 10;

export type StoredHabit = readonly [
  calls: number,
  firstMs: number,
  lastMs: number,
  hours: number,
  perMinuteMax: number,
  minute: number,
  inMinute: number,
  before: number,
];

/** When and how often one principal calls one tool. */
export class Habit {
  #calls = 0;
  #firstMs = 0;
  #lastMs = 0;
  /** One bit for each hour of the day. */
  #hours = 0;
  #perMinuteMax = 0;
  #minute = -1;
  #inMinute = 0;
  #before = 0;

  /**
   * Calls within the last minute with one at that time: all of this minute, and of the one before
   * as many as still lie within sixty seconds, if they came evenly.
   */
  perMinute(atMs: number): number {
    const minute = Math.floor(atMs / MINUTE_MS);
    if (minute > this.#minute + 1) return 1;
    const part = 1 - (atMs % MINUTE_MS) / MINUTE_MS;
    if (minute === this.#minute + 1) return 1 + part * this.#inMinute;
    return 1 + this.#inMinute + part * this.#before;
  }

  /** Over the most that was learned; 1 and less is usual. */
  rateFactor(perMinute: number): number {
    return perMinute / Math.max(this.#perMinuteMax, RATE_FLOOR);
  }

  /** Undefined where the hour is usual, or where too little is known of the day. */
  unusualHour(atMs: number): number | undefined {
    if (this.#lastMs - this.#firstMs < DAY_MS) return undefined;
    const hour = hourOf(atMs);
    // The hours beside are usual, too: clocks are put forward and back.
    const near = (1 << hour) | (1 << ((hour + 1) % 24)) | (1 << ((hour + 23) % 24));
    return (this.#hours & near) === 0 ? hour : undefined;
  }

  /** Also of calls that teach nothing: a rate has to be counted to be compared. */
  count(atMs: number): void {
    const minute = Math.floor(atMs / MINUTE_MS);
    if (minute > this.#minute) {
      this.#before = minute === this.#minute + 1 ? this.#inMinute : 0;
      this.#minute = minute;
      this.#inMinute = 0;
    }
    this.#inMinute++;
  }

  /** Before it is counted. */
  learn(atMs: number): void {
    this.#perMinuteMax = Math.max(this.#perMinuteMax, this.perMinute(atMs));
    this.#firstMs = this.#calls === 0 ? atMs : Math.min(this.#firstMs, atMs);
    this.#lastMs = Math.max(this.#lastMs, atMs);
    this.#hours |= 1 << hourOf(atMs);
    this.#calls++;
  }

  get knows(): boolean {
    return this.#calls > 0;
  }

  view(principal: string): BaselinePrincipal {
    return {
      principal,
      calls: this.#calls,
      perMinuteMax: Math.ceil(this.#perMinuteMax),
      hours: Array.from({ length: 24 }, (_, hour) => hour).filter(
        (hour) => (this.#hours & (1 << hour)) !== 0,
      ),
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
    };
  }

  store(): StoredHabit {
    return [
      this.#calls,
      this.#firstMs,
      this.#lastMs,
      this.#hours,
      this.#perMinuteMax,
      this.#minute,
      this.#inMinute,
      this.#before,
    ];
  }

  restore(stored: StoredHabit): void {
    const [calls, firstMs, lastMs, hours, perMinuteMax, minute, inMinute, before] = stored;
    this.#calls = calls;
    this.#firstMs = firstMs;
    this.#lastMs = lastMs;
    this.#hours = hours;
    this.#perMinuteMax = perMinuteMax;
    this.#minute = minute;
    this.#inMinute = inMinute;
    this.#before = before;
  }
}

const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS) % 24;
