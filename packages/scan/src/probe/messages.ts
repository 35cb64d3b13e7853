import { isObject, LIMITS, parseStrictText } from '@spoor/core';
import type { Answer, HttpHead, Waiting } from './link.ts';

/** Sorts what a server says: answers to those who wait, everything else to what was heard. */
export class Inbox {
  readonly heard: string[] = [];
  /** Lines that are no JSON-RPC messages. */
  readonly noise: string[] = [];
  readonly #waiting: Waiting;
  readonly #reply: (text: string) => void;
  #noiseBytes = 0;

  constructor(waiting: Waiting, reply: (text: string) => void) {
    this.#waiting = waiting;
    this.#reply = reply;
  }

  take(text: string, http?: HttpHead): void {
    const parsed = parseStrictText(text);
    if (!parsed.ok || !isObject(parsed.value) || parsed.value.jsonrpc !== '2.0') {
      this.#noise(text);
      return;
    }
    const { id, method, result, error } = parsed.value;
    const head = http === undefined ? {} : { http };
    if (typeof method === 'string') this.#asked(id, text);
    else if (isObject(error))
      this.#waiting.settle(id, { status: 'error', code: Number(error.code), text, ...head });
    else this.#waiting.settle(id, { status: 'result', result, text, ...head } as Answer);
  }

  /** A server's own request gets the answer of a client that can nothing. */
  #asked(id: unknown, text: string): void {
    if (this.heard.length < LIMITS.scanHeardMax) this.heard.push(text);
    if (typeof id !== 'number' && typeof id !== 'string') return;
    const error = { code: -32601, message: 'Method not found' };
    this.#reply(JSON.stringify({ jsonrpc: '2.0', id, error }));
  }

  #noise(text: string): void {
    if (text.trim() === '') return;
    this.#noiseBytes += text.length;
    if (this.#noiseBytes <= LIMITS.scanNoiseBytesMax) this.noise.push(text);
  }
}
