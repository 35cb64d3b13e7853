import { LIMITS } from '@spoor/core';
import { type Exchanged, HttpLink, type HttpTarget } from './http.ts';
import { type Answer, type Link, type RequestOptions, Waiting } from './link.ts';
import { Inbox } from './messages.ts';

/** The old transport: a stream of events for what the server says, POSTs for what it is told. */
export class SseLink implements Link {
  readonly kind = 'sse';
  readonly target: HttpTarget;
  /** Where it wants to be told, as it has said. */
  endpoint: string | undefined;
  readonly #waiting = new Waiting();
  readonly #inbox: Inbox;
  readonly #own: Readonly<Record<string, string>>;

  constructor(target: HttpTarget, own: Readonly<Record<string, string>>) {
    this.target = target;
    this.#own = own;
    this.#inbox = new Inbox(this.#waiting, (text) => void this.#post(text, {}));
  }

  get heard(): readonly string[] {
    return this.#inbox.heard;
  }

  get contained(): readonly string[] {
    return this.target.contained;
  }

  /** Resolves with false where there is no such stream. */
  open(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { pathname, search } = this.target.url;
    const headers = { accept: 'text/event-stream', 'accept-encoding': 'identity', ...this.#own };
    const stream = this.target.exchange({
      method: 'GET',
      path: pathname + search,
      headers,
      timeoutMs: LIMITS.scanRunMs,
      onEvent: (name, data) => {
        if (name === 'endpoint') {
          this.endpoint = this.#within(data);
          resolve(this.endpoint !== undefined);
        } else this.#inbox.take(data);
        return false;
      },
    });
    setTimeout(() => resolve(false), LIMITS.scanAnswerMs).unref();
    void stream.then(() => {
      resolve(false);
      this.#waiting.settleAll({ status: 'lost', why: 'the stream has ended' });
    });
    return promise;
  }

  async request(method: string, params: object, options: RequestOptions = {}): Promise<Answer> {
    const { id, answer } = this.#waiting.open(options.timeoutMs ?? LIMITS.scanAnswerMs);
    const text = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const end = await this.#post(text, options.headers ?? {});
    if (end.status === 'failed') this.#waiting.settle(id, { status: 'lost', why: end.why });
    else if (end.status === 'answered' && end.http.code >= 300)
      this.#waiting.settle(id, { status: 'refused', text: end.body, http: end.http });
    return answer;
  }

  async notify(method: string, params: object): Promise<void> {
    await this.#post(JSON.stringify({ jsonrpc: '2.0', method, params }), {});
  }

  close(): Promise<void> {
    return this.target.close();
  }

  #post(body: string, headers: Readonly<Record<string, string | undefined>>): Promise<Exchanged> {
    return this.target.exchange({
      method: 'POST',
      path: this.endpoint ?? '/',
      headers: { ...new HttpLink(this.target, this.#own).headers(), ...headers },
      body,
      timeoutMs: LIMITS.scanAnswerMs,
    });
  }

  /** The server may name a path of its own origin alone: it must not send us elsewhere. */
  #within(text: string): string | undefined {
    if (!URL.canParse(text, this.target.url.href)) return undefined;
    const url = new URL(text, this.target.url);
    if (url.origin !== this.target.url.origin) {
      this.target.contain('an endpoint at another origin');
      return undefined;
    }
    return url.pathname + url.search;
  }
}
