import { LIMITS } from '@spoor/core';
import type { Box } from './box.ts';
import { type Answer, type Link, type RequestOptions, Waiting } from './link.ts';
import { Inbox } from './messages.ts';

const LF = 0x0a;

/** Lines on standard input and output of a boxed server. */
export class StdioLink implements Link {
  readonly kind = 'stdio';
  readonly #box: Box;
  readonly #waiting = new Waiting();
  readonly #inbox: Inbox;
  #line: Buffer[] = [];
  #lineBytes = 0;

  constructor(box: Box) {
    this.#box = box;
    this.#inbox = new Inbox(this.#waiting, (text) => this.#write(text));
    box.onOutput((chunk) => this.#read(chunk));
    void box.ended.then((why) => this.#waiting.settleAll({ status: 'lost', why }));
  }

  get heard(): readonly string[] {
    return this.#inbox.heard;
  }

  get noise(): readonly string[] {
    return this.#inbox.noise;
  }

  get contained(): readonly string[] {
    return this.#box.contained;
  }

  request(method: string, params: object, options: RequestOptions = {}): Promise<Answer> {
    const { id, answer } = this.#waiting.open(options.timeoutMs ?? LIMITS.scanAnswerMs);
    if (this.#box.hasEnded) this.#waiting.settle(id, { status: 'lost', why: 'it has ended' });
    else this.#write(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return answer;
  }

  notify(method: string, params: object): Promise<void> {
    this.#write(JSON.stringify({ jsonrpc: '2.0', method, params }));
    return Promise.resolve();
  }

  /** Bytes that are no message, to see what becomes of them. */
  raw(text: string): void {
    this.#write(text);
  }

  close(): Promise<void> {
    return this.#box.end();
  }

  #write(text: string): void {
    this.#box.write(`${text}\n`);
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(LF); end >= 0; end = rest.indexOf(LF)) {
      this.#hold(rest.subarray(0, end));
      if (this.#lineBytes <= LIMITS.scanMessageBytesMax)
        this.#inbox.take(Buffer.concat(this.#line).toString('utf8'));
      this.#line = [];
      this.#lineBytes = 0;
      rest = rest.subarray(end + 1);
    }
    this.#hold(rest);
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const before = this.#lineBytes;
    this.#lineBytes += bytes.length;
    if (this.#lineBytes <= LIMITS.scanMessageBytesMax) this.#line.push(bytes);
    else if (before <= LIMITS.scanMessageBytesMax) {
      this.#line = [];
      this.#box.contain(`a line of more than ${LIMITS.scanMessageBytesMax} bytes`);
    }
  }
}
