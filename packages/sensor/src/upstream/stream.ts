import { type ErrorCode, LIMITS } from '@spoor/core';
import type { AnswerEnd } from './answer.ts';
import type { Requests, Sent } from './requests.ts';

export interface StreamOptions {
  readonly requests: Requests;
  /** Of the session, as they are now. */
  readonly headers: () => readonly string[];
  /** Where to take up a stream that broke; a new one without. */
  readonly from?: { readonly eventId: string; readonly retryMs: number | undefined };
  readonly message: (bytes: Uint8Array) => void;
  /** It cannot be had, or not any more. */
  readonly gaveUp: (code: ErrorCode, status: number | undefined) => void;
}

/** A stream that a server of the legacy era keeps open, taken up again where it breaks. */
export class Stream {
  readonly #options: StreamOptions;
  #eventId: string | undefined;
  #retryMs: number | undefined;
  /** In a row, without a sign of life. */
  #attempts = 0;
  #openedMs = 0;
  #sent: Sent | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#eventId = options.from?.eventId;
    this.#retryMs = options.from?.retryMs;
    if (options.from === undefined) this.#open();
    else this.#later();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#sent?.abort();
  }

  #open(): void {
    if (this.#stopped) return;
    const { requests, headers, message } = this.#options;
    const last = this.#eventId === undefined ? [] : ['Last-Event-ID', this.#eventId];
    this.#openedMs = performance.now();
    this.#sent = requests.send(
      { method: 'GET', headers: [...headers(), 'Accept', 'text/event-stream', ...last] },
      {
        head: () => undefined,
        message: (bytes) => {
          this.#attempts = 0;
          if (!this.#stopped) message(bytes);
        },
        over: (end) => this.#over(end),
      },
    );
  }

  #over(end: AnswerEnd): void {
    if (this.#stopped) return;
    const answer = this.#sent?.answer;
    if (answer?.lastEventId !== undefined && answer.lastEventId !== this.#eventId) {
      this.#eventId = answer.lastEventId;
      this.#attempts = 0;
    }
    this.#retryMs = answer?.retryMs ?? this.#retryMs;
    if (performance.now() - this.#openedMs > LIMITS.upstreamResumeMsMax) this.#attempts = 0;
    const status = end.kind === 'status' ? end.head.status : undefined;
    const refused = status !== undefined && status < 500;
    const code = end.kind === 'failed' ? end.code : 'UPSTREAM_BROKEN';
    if (refused || code === 'UPSTREAM_TOO_LARGE' || this.#attempts >= LIMITS.upstreamResumesMax) {
      this.#stopped = true;
      this.#options.gaveUp(code, status);
    } else this.#later();
  }

  #later(): void {
    const wanted = (this.#retryMs ?? LIMITS.upstreamResumeMs) * 2 ** this.#attempts;
    this.#attempts += 1;
    this.#timer = setTimeout(() => this.#open(), Math.min(wanted, LIMITS.upstreamResumeMsMax));
  }
}
