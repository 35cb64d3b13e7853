import { type Clock, CodedError, LIMITS } from '@spoor/core';
import { createLocalJWKSet, type JSONWebKeySet, type JWK } from 'jose';
import { OutboundClient } from '../outbound.ts';

/** An issuer's keys as they are known now. */
export interface KeySet {
  readonly keys: readonly JWK[];
  /** Another one after each change: what was checked with older keys is checked again. */
  readonly generation: number;
}

export interface KeySource {
  /**
   * Undefined where none are known, or only such as are too old to be believed.
   *
   * @param anew Something was not found in what is known.
   * @param waitMs What an answer may take; later ones are there for the next.
   */
  get(anew: boolean, waitMs?: number): Promise<KeySet | undefined>;
  close(): Promise<void>;
}

/** Keys that stand in the owner's own file. */
export const fixedKeys = (keys: readonly JWK[]): KeySource => {
  const set: KeySet = { keys, generation: 0 };
  return { get: () => Promise.resolve(set), close: () => Promise.resolve() };
};

/**
 * Keys at an address of the owner's choice, asked for when they are needed and believed for a
 * time. One request is under way at once, and a failed one is not repeated at once.
 */
export class IssuerKeys implements KeySource {
  readonly #url: URL;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #outbound: OutboundClient;
  #known: KeySet | undefined;
  #gotMs = Number.NEGATIVE_INFINITY;
  #askedMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(url: URL, clock: Pick<Clock, 'monotonicMs'>) {
    this.#url = url;
    this.#clock = clock;
    this.#outbound = new OutboundClient({
      trustedHosts: [url.hostname],
      timeoutMs: LIMITS.tokenAnswerMs,
      responseBytesMax: LIMITS.tokenAnswerBytesMax,
    });
  }

  async get(anew: boolean, waitMs?: number): Promise<KeySet | undefined> {
    const nowMs = this.#clock.monotonicMs();
    const fresh = nowMs - this.#gotMs < LIMITS.tokenKeysFreshMs && !anew;
    const everyMs = this.#known === undefined ? FIRST_AGAIN_MS : LIMITS.tokenKeysAskMs;
    if (!fresh && nowMs - this.#askedMs >= everyMs) this.#asking ??= this.#ask();
    // Keys that are known and wanted fresher do for a caller that is in a hurry.
    const hurries = waitMs !== undefined && this.#believed !== undefined && !anew;
    if (!fresh && this.#asking !== undefined && !hurries) await within(this.#asking, waitMs);
    return this.#believed;
  }

  get #believed(): KeySet | undefined {
    const old = this.#clock.monotonicMs() - this.#gotMs > LIMITS.tokenKeysStaleMs;
    return old ? undefined : this.#known;
  }

  close(): Promise<void> {
    return this.#outbound.close();
  }

  async #ask(): Promise<void> {
    this.#askedMs = this.#clock.monotonicMs();
    try {
      const { status, body } = await this.#outbound.get(this.#url, { accept: 'application/json' });
      if (status !== 200) throw new CodedError('OUTBOUND_FAILED', String(status));
      const set = JSON.parse(Buffer.from(body).toString()) as JSONWebKeySet;
      // Throws where it is no set of keys.
      createLocalJWKSet(set);
      this.#take(set.keys);
    } catch {
      // What is known stays, until it is too old.
    } finally {
      this.#asking = undefined;
    }
  }

  #take(keys: readonly JWK[]): void {
    const same = JSON.stringify(keys) === JSON.stringify(this.#known?.keys);
    if (!same) this.#known = { keys, generation: (this.#known?.generation ?? 0) + 1 };
    this.#gotMs = this.#clock.monotonicMs();
  }
}

/** An issuer that has never answered is asked again after this. */
const FIRST_AGAIN_MS = 1_000;

async function within(promise: Promise<void>, ms: number | undefined): Promise<void> {
  if (ms === undefined) return promise;
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
