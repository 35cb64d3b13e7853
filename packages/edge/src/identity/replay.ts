import { createHmac, randomBytes } from 'node:crypto';
import { IDENTITY_SKEW_S, LIMITS, type ProofClaims } from '@spoor/core';

/**
 * A proof is fresh for the skew on either side of its time, so it is remembered for twice that, and
 * a second more.
 */
const GENERATION_MS = (2 * IDENTITY_SKEW_S + 1) * 1_000;

/** `again`: the same call is told of twice, by a sensor whose connection broke. */
type Taken = 'fresh' | 'again' | 'replay' | 'full';

/**
 * Proofs that were taken, until none of them is fresh any more. Two generations: the younger takes
 * new ones, and the elder goes as a whole when all in it are stale.
 */
export class ReplayCache {
  readonly #max: number;
  #young = new Map<string, string>();
  #elder = new Map<string, string>();
  #sinceMs = Number.NEGATIVE_INFINITY;

  constructor(max: number = LIMITS.identityReplayMax) {
    this.#max = max;
  }

  get size(): number {
    return this.#young.size + this.#elder.size;
  }

  /** Takes names that must not come twice; all or none. */
  take(names: readonly string[], call: string, nowMs: number): Taken {
    this.#age(nowMs);
    const known = names.map((name) => this.#young.get(name) ?? this.#elder.get(name));
    if (known.some((by) => by !== undefined && by !== call)) return 'replay';
    if (known.every((by) => by === call)) return 'again';
    if (this.size + names.length > this.#max) return 'full';
    for (const name of names) this.#young.set(name, call);
    return 'fresh';
  }

  #age(nowMs: number): void {
    if (nowMs - this.#sinceMs < GENERATION_MS) return;
    const idle = nowMs - this.#sinceMs >= 2 * GENERATION_MS;
    this.#elder = idle ? new Map() : this.#young;
    this.#young = new Map();
    this.#sinceMs = nowMs;
  }
}

/** Numbers behind the highest one that may still come, since calls may pass each other (HTTP). */
const WINDOW = 64;

/** Which numbers of one session at one server have come. */
class Sequence {
  readonly session: string;
  #highest = -1;
  /** Bit n: the number n below the highest has come. */
  #seen = 0n;

  constructor(session: string) {
    this.session = session;
  }

  take(seq: number): boolean {
    if (seq > this.#highest) {
      const step = this.#highest < 0 ? WINDOW : Math.min(seq - this.#highest, WINDOW);
      this.#seen = BigInt.asUintN(WINDOW, (this.#seen << BigInt(step)) | 1n);
      this.#highest = seq;
      return true;
    }
    const behind = this.#highest - seq;
    if (behind >= WINDOW || ((this.#seen >> BigInt(behind)) & 1n) === 1n) return false;
    this.#seen |= 1n << BigInt(behind);
    return true;
  }
}

/** A session as its attester names it: whose it is, and how far it has counted at each server. */
class AttestedSession {
  readonly subject: string;
  readonly at = new Map<string, Sequence>();

  constructor(subject: string) {
    this.subject = subject;
  }
}

export interface SessionStep {
  readonly issuer: string;
  readonly sid: string;
  readonly subject: string;
  /** The hub's session. */
  readonly session: string;
  readonly proof: Pick<ProofClaims, 'aud' | 'seq'>;
}

const SERVERS_EACH_MAX = 256;

/** Sessions of attesters; beyond the limit the longest idle is forgotten, and counted. */
export class AttestedSessions {
  readonly #sessions = new Map<string, AttestedSession>();
  readonly #max: number;
  /** Names of subjects are compared, and not kept. */
  readonly #key = randomBytes(32);
  forgotten = 0;

  constructor(max: number = LIMITS.identitySessionsMax) {
    this.#max = max;
  }

  /** Is it the session's own subject, in the hub's session that it began in, with a new number? */
  take(step: SessionStep): 'ok' | 'subject' | 'session' | 'sequence' {
    const key = `${step.issuer}\n${step.sid}`;
    const subject = createHmac('sha256', this.#key).update(step.subject).digest('base64');
    const known = this.#sessions.get(key) ?? new AttestedSession(subject);
    if (known.subject !== subject) return 'subject';
    const { aud, seq } = step.proof;
    const sequence = known.at.get(aud) ?? new Sequence(step.session);
    if (sequence.session !== step.session) return 'session';
    if (!sequence.take(seq)) return 'sequence';
    this.#refresh(known.at, aud, sequence, SERVERS_EACH_MAX);
    this.#refresh(this.#sessions, key, known, this.#max);
    return 'ok';
  }

  #refresh<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
    map.delete(key);
    map.set(key, value);
    const [oldest] = map.keys();
    if (map.size <= max || oldest === undefined) return;
    map.delete(oldest);
    this.forgotten += 1;
  }
}
