import type { UpstreamReader } from '@spoor/edge/upstream';
import { eventOf } from '../answers.ts';

/**
 * The answer to one request. Its form is decided by the first message: a response alone is a JSON
 * body with a status of its own, anything else opens a stream of events. No message ever waits.
 */
export class Reply {
  readonly #reader: UpstreamReader;
  readonly #headers: readonly string[];
  #state: 'new' | 'stream' | 'over' = 'new';

  constructor(reader: UpstreamReader, headers: readonly string[] = []) {
    this.#reader = reader;
    this.#headers = headers;
  }

  open(): void {
    if (this.#state !== 'new') return;
    this.#state = 'stream';
    const type = ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-cache'];
    this.#reader.started(200, [...type, 'X-Accel-Buffering', 'no', ...this.#headers]);
  }

  event(line: Uint8Array): void {
    this.open();
    if (this.#state === 'stream') this.#reader.data(Buffer.from(eventOf(textOf(line))));
  }

  end(line: Uint8Array, status: number): void {
    if (this.#state === 'stream') {
      this.event(line);
      this.#reader.ended();
    } else if (this.#state === 'new') {
      const body = Buffer.from(textOf(line).trimEnd());
      const length = String(body.length);
      const head = ['Content-Type', 'application/json', 'Content-Length', length];
      this.#reader.started(status, [...head, ...this.#headers]);
      this.#reader.data(body);
      this.#reader.ended();
    }
    this.#state = 'over';
  }

  /** Nothing more to say, and perhaps nothing was said. */
  status(status: number): void {
    if (this.#state !== 'new') return;
    this.#state = 'over';
    this.#reader.started(status, ['Content-Length', '0', ...this.#headers]);
    this.#reader.ended();
  }

  /** The server is gone in the midst of it. */
  broken(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#reader.failed('broken');
  }

  /** The stream ends, as it may. */
  close(): void {
    if (this.#state === 'stream') this.#reader.ended();
    this.#state = 'over';
  }
}

const textOf = (line: Uint8Array): string => Buffer.from(line).toString();
