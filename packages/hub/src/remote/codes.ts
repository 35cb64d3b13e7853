import { createHash } from 'node:crypto';
import { CodedError, LIMITS, type Random, toHex } from '@spoor/core';

interface OpenCode {
  readonly name: string;
  readonly untilMs: number;
}

const SECRET_BYTES = 20;
const MINUTE_MS = 60_000;

/**
 * Open enrolment codes, by the hash of their secret. They live in memory: a hub that stops closes
 * them all.
 */
export class EnrolCodes {
  readonly #random: Random;
  readonly #open = new Map<string, OpenCode>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Returns the secret, which is kept nowhere. Throws ENROL_LIMIT or SENSOR_NAME_TAKEN. */
  make(name: string, minutes: number, nowMs: number): string {
    this.#drop(nowMs);
    if (this.#open.size >= LIMITS.remoteCodesMax) throw new CodedError('ENROL_LIMIT', 'open codes');
    if ([...this.#open.values()].some((code) => code.name === name))
      throw new CodedError('SENSOR_NAME_TAKEN', name);
    const secret = toHex(this.#random.bytes(SECRET_BYTES));
    this.#open.set(hashOf(secret), { name, untilMs: nowMs + minutes * MINUTE_MS });
    return secret;
  }

  /** The name that the code was made for; it is used up. Throws ENROL_CODE_INVALID. */
  take(secret: string, nowMs: number): string {
    this.#drop(nowMs);
    const hash = hashOf(secret);
    const code = this.#open.get(hash);
    if (code === undefined) throw new CodedError('ENROL_CODE_INVALID');
    this.#open.delete(hash);
    return code.name;
  }

  /** Closes the code of a name that nobody has used. */
  forget(name: string): void {
    for (const [hash, code] of this.#open) if (code.name === name) this.#open.delete(hash);
  }

  #drop(nowMs: number): void {
    for (const [hash, { untilMs }] of this.#open) if (untilMs <= nowMs) this.#open.delete(hash);
  }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
