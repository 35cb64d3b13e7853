import type { ServerResponse } from 'node:http';

/**
 * The HTTP answer to one request. Its form is decided by the first message: a response alone is a
 * JSON body with its own status, anything else opens an event stream. No message ever waits.
 */
export class Reply {
  readonly #response: ServerResponse;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(response: ServerResponse, headers: Readonly<Record<string, string>> = {}) {
    this.#response = response;
    this.#headers = headers;
  }

  /** Opens the event stream before there is an event. */
  open(): void {
    if (this.#response.headersSent) return;
    const type = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };
    this.#response.writeHead(200, { ...type, ...this.#headers });
    this.#response.flushHeaders();
  }

  event(line: string): void {
    this.open();
    this.#response.write(`event: message\ndata: ${line}\n\n`);
  }

  end(line: string, status: number): void {
    if (this.#response.headersSent) {
      this.event(line);
      this.#response.end();
      return;
    }
    this.#response.writeHead(status, { 'content-type': 'application/json', ...this.#headers });
    this.#response.end(line);
  }

  abandon(): void {
    this.#response.end();
  }

  /** Calls back when the client goes away before the answer is complete. */
  onGone(gone: () => void): void {
    this.#response.once('close', () => {
      if (!this.#response.writableFinished) gone();
    });
  }
}
