import { LIMITS } from '@spoor/core';
import type { UpstreamExchange } from '@spoor/edge/upstream';
import { headerOf } from '../gateway/headers.ts';
import type { UpstreamPort } from '../gateway/upstream.ts';
import { Answer, type AnswerEnd, type AnswerEvents } from './answer.ts';

/** A request to an upstream: headers as names and values in turn. */
export interface Asked {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly headers: readonly string[];
  readonly body?: Uint8Array;
}

/** A request under way, over the redirects that it follows. */
export interface Sent extends UpstreamExchange {
  readonly answer: Answer;
}

/** What every request to one upstream has in common. */
export class Requests {
  readonly #port: UpstreamPort;
  readonly #origin: string;
  readonly #host: string;
  readonly #own: readonly string[];
  /** Where the upstream is; a lasting redirect moves it. */
  #path: string;
  readonly #open = new Set<Sent>();
  #paused = false;

  /** @param own Headers that the user has set, credentials mostly. */
  constructor(port: UpstreamPort, url: URL, own: readonly string[]) {
    this.#port = port;
    this.#origin = url.origin;
    this.#host = url.host;
    this.#own = own;
    this.#path = url.pathname + url.search;
  }

  get size(): number {
    return this.#open.size;
  }

  send(asked: Asked, events: AnswerEvents): Sent {
    let exchange: UpstreamExchange | undefined;
    const close = (end: AnswerEnd): void => {
      this.#open.delete(sent);
      // What was refused in the midst of it is not read to its end.
      exchange?.abort();
      // Who asks is told after it has been given the handle.
      if (exchange === undefined) queueMicrotask(() => events.over(end));
      else events.over(end);
    };
    const go = (hops: number): Answer => {
      const answer = new Answer({
        head: (head) => (isRedirect(head.status) ? undefined : events.head(head)),
        message: (bytes) => events.message(bytes),
        over: (end) => {
          const path = hops < LIMITS.upstreamRedirectsMax ? this.#redirected(end) : undefined;
          if (path === undefined) return close(end);
          if (end.kind === 'status' && end.head.status === 308) this.#path = path;
          sent.answer = go(hops + 1);
          exchange = this.#dispatch(asked, path, sent.answer);
        },
      });
      return answer;
    };
    const sent = {
      answer: go(0),
      pause: () => exchange?.pause(),
      resume: () => exchange?.resume(),
      abort: () => {
        this.#open.delete(sent);
        exchange?.abort();
      },
    };
    this.#open.add(sent);
    exchange = this.#dispatch(asked, this.#path, sent.answer);
    if (this.#paused) exchange.pause();
    return sent;
  }

  /** The client reads no more for now, so nothing more is taken from the upstream. */
  pause(): void {
    this.#paused = true;
    for (const sent of this.#open) sent.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const sent of this.#open) sent.resume();
  }

  abortAll(): void {
    for (const sent of [...this.#open]) sent.abort();
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  #dispatch({ method, headers, body }: Asked, path: string, answer: Answer): UpstreamExchange {
    const common = ['Host', this.#host, 'Accept-Encoding', 'identity', ...this.#own];
    const all = [...common, ...headers];
    return this.#port.send({ method, path, headers: all, body: body ?? null }, answer);
  }

  /** Only within the origin, and only as the same request: credentials go nowhere else. */
  #redirected(end: AnswerEnd): string | undefined {
    if (end.kind !== 'status' || !isRedirect(end.head.status)) return undefined;
    const location = headerOf(end.head.headers, 'location') ?? '';
    const base = this.#origin + this.#path;
    const url = URL.canParse(location, base) ? new URL(location, base) : undefined;
    return url?.origin === this.#origin ? url.pathname + url.search : undefined;
  }
}

const isRedirect = (status: number): boolean => status === 307 || status === 308;
