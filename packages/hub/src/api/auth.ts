import { CodedError, equalBytes, type Random, toHex } from '@spoor/core';

/** Who may use the API: holders of the token, and browsers that came by a link. */
export interface BrowserSession {
  readonly csrf: string;
  readonly untilMs: number;
}

const SESSION_MS = 12 * 3_600_000;
/** A printed link waits for a person; it works once. */
const CODE_MS = 24 * 3_600_000;
const ENTRIES_MAX = 1_000;

export const COOKIE = 'spoor_session';

export class Auth {
  readonly #token: string;
  readonly #random: Random;
  readonly #codes = new Map<string, number>();
  readonly #sessions = new Map<string, BrowserSession>();

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
    remember(this.#codes, code, nowMs + CODE_MS);
    return code;
  }

  /** Throws UNAUTHORIZED; a code is used up by the attempt. */
  logIn(
    code: string,
    nowMs: number,
  ): { readonly cookie: string; readonly session: BrowserSession } {
    const untilMs = this.#codes.get(code);
    this.#codes.delete(code);
    if (untilMs === undefined || untilMs < nowMs)
      throw new CodedError('UNAUTHORIZED', 'the link was used or is old');
    const cookie = this.#secret();
    const session = { csrf: this.#secret(), untilMs: nowMs + SESSION_MS };
    remember(this.#sessions, cookie, session);
    return { cookie, session };
  }

  session(cookie: string | undefined, nowMs: number): BrowserSession | undefined {
    const session = cookie === undefined ? undefined : this.#sessions.get(cookie);
    return session !== undefined && session.untilMs >= nowMs ? session : undefined;
  }

  #secret(): string {
    return toHex(this.#random.bytes(24));
  }
}

/** Bounded: the oldest entry makes room. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (map.size >= ENTRIES_MAX) map.delete(map.keys().next().value ?? '');
  map.set(key, value);
}
