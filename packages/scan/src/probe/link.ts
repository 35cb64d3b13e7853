/** What a server said to one request. Texts are its own bytes. */
export type Answer =
  | {
      readonly status: 'result';
      readonly result: unknown;
      readonly text: string;
      readonly http?: HttpHead;
    }
  | {
      readonly status: 'error';
      readonly code: number;
      readonly text: string;
      readonly http?: HttpHead;
    }
  /** No message: an HTTP status alone. */
  | { readonly status: 'refused'; readonly text: string; readonly http: HttpHead }
  | { readonly status: 'timeout' }
  /** The connection or the process ended, or what came cannot be read. */
  | { readonly status: 'lost'; readonly why: string };

export interface HttpHead {
  readonly code: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RequestOptions {
  /** Over HTTP; in lower case. Undefined takes one away that is there by itself. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

/** A connection to a server, whatever it goes through. */
export interface Link {
  readonly kind: 'stdio' | 'http' | 'sse';
  request(method: string, params: object, options?: RequestOptions): Promise<Answer>;
  notify(method: string, params: object): Promise<void>;
  /** Notifications and requests that came from the server, as text. */
  readonly heard: readonly string[];
  /** What the server had to be kept from, in words. */
  readonly contained: readonly string[];
  close(): Promise<void>;
}

/** Requests that wait for their answer, by id. */
export class Waiting {
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;

  open(timeoutMs: number): { readonly id: number; readonly answer: Promise<Answer> } {
    const id = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => this.settle(id, { status: 'timeout' }), timeoutMs);
    this.#waiting.set(id, (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    return { id, answer: promise };
  }

  /** Nothing happens for an id that nobody waits for. */
  settle(id: unknown, answer: Answer): void {
    if (typeof id !== 'number') return;
    const done = this.#waiting.get(id);
    this.#waiting.delete(id);
    done?.(answer);
  }

  settleAll(answer: Answer): void {
    for (const id of [...this.#waiting.keys()]) this.settle(id, answer);
  }
}
