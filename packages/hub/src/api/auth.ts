import { createHmac } from 'node:crypto';
import { CodedError, equalBytes, type Random, toHex } from '@spoor/core';

/** Who may use the API: holders of the token, and browsers that came by a link. */
export interface BrowserSession {
  readonly csrf: string;
  readonly untilMs: number;
}

const SESSION_MS = 12 * 3_600_000;
/** A printed link waits for a person; it works once. */
const CODE_MS = 24 * 3_600_000;
const CODES_MAX = 1_000;

export const COOKIE = 'spoor_session';

const COOKIE_FORM = /^((\d{1,15})\.[0-9a-f]{48})\.([0-9a-f]{64})$/;

/**
 * Cookies are signed with the hub's token instead of remembered, so that a browser stays logged in
 * when the hub restarts. Who could forge one holds the token, and so needs none.
 */
export class Auth {
  readonly #token: string;
  readonly #random: Random;
  readonly #codes = new Map<string, number>();

  constructor(token: string, random: Random) {
    this.#token = token;
    this.#random = random;
  }

  isBearer(header: string | undefined): boolean {
    const given = Buffer.from(header ?? '');
    return equalBytes(given, Buffer.from(`Bearer ${this.#token}`));
  }

  /** A code for one log-in by link. */
  newCode(nowMs: number): string {
    const code = this.#secret();
    // Bounded: the oldest makes room.
    if (this.#codes.size >= CODES_MAX) this.#codes.delete(this.#codes.keys().next().value ?? '');
    this.#codes.set(code, nowMs + CODE_MS);
    return code;
  }

  /** Throws UNAUTHORIZED; a code is used up by the attempt. */
  logIn(
    code: string,
    nowMs: number,
  ): { readonly cookie: string; readonly session: BrowserSession } {
    const codeUntilMs = this.#codes.get(code);
    this.#codes.delete(code);
    if (codeUntilMs === undefined || codeUntilMs < nowMs)
      throw new CodedError('UNAUTHORIZED', 'the link was used or is old');
    const untilMs = nowMs + SESSION_MS;
    const body = `${untilMs}.${this.#secret()}`;
    const cookie = `${body}.${this.#sign('cookie', body)}`;
    return { cookie, session: { csrf: this.#sign('csrf', body), untilMs } };
  }

  session(cookie: string | undefined, nowMs: number): BrowserSession | undefined {
    const [, body = '', until, signature = ''] = COOKIE_FORM.exec(cookie ?? '') ?? [];
    const right = equalBytes(Buffer.from(signature), Buffer.from(this.#sign('cookie', body)));
    if (!right || Number(until) < nowMs) return undefined;
    return { csrf: this.#sign('csrf', body), untilMs: Number(until) };
  }

  #sign(purpose: 'cookie' | 'csrf', body: string): string {
    return createHmac('sha256', this.#token).update(`${purpose}\n${body}`).digest('hex');
  }

  #secret(): string {
    return toHex(this.#random.bytes(24));
  }
}
