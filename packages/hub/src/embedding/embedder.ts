import { readFile } from 'node:fs/promises';
import { isObject, LIMITS, type SipKey } from '@spoor/core';
import { OutboundClient } from '@spoor/edge';
import { Hyperplanes } from './cluster.ts';

/** An endpoint that speaks OpenAI's embeddings API, as the owner named it. */
export interface EmbeddingOptions {
  /** Base URL; `/embeddings` is added where it is missing. */
  readonly url: string;
  readonly model: string;
  /** Read before each request; a key never stands on a command line. */
  readonly keyFile?: string;
}

interface Prompt {
  readonly call: string;
  readonly text: string;
}

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 2_097_152;

/**
 * Asks for the embedding of one prompt after another, and tells its cluster. Nobody waits for it:
 * what fails or finds no room is counted and not tried again, since the next prompt is near.
 */
export class Embedder {
  readonly counts = { embedded: 0, embeddingsFailed: 0, embeddingsDropped: 0 };
  readonly #options: EmbeddingOptions;
  readonly #url: URL;
  readonly #client: OutboundClient;
  readonly #planes: Hyperplanes;
  readonly #tell: (call: string, cluster: string) => void;
  readonly #waiting: Prompt[] = [];
  #works = false;

  constructor(
    options: EmbeddingOptions,
    key: SipKey,
    tell: (call: string, cluster: string) => void,
  ) {
    this.#options = options;
    this.#url = urlOf(options.url);
    this.#planes = new Hyperplanes(key);
    this.#tell = tell;
    this.#client = new OutboundClient({
      // The owner named this host: it may be on this machine or network.
      trustedHosts: [this.#url.hostname],
      timeoutMs: TIMEOUT_MS,
      responseBytesMax: ANSWER_BYTES_MAX,
    });
  }

  add(call: string, text: string): void {
    if (this.#waiting.length >= LIMITS.embeddingsWaitingMax) {
      this.#waiting.shift();
      this.counts.embeddingsDropped += 1;
    }
    this.#waiting.push({ call, text });
    if (!this.#works) void this.#work();
  }

  close(): Promise<void> {
    this.#waiting.length = 0;
    return this.#client.close();
  }

  async #work(): Promise<void> {
    this.#works = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const vector = await this.#embed(next.text).catch(() => undefined);
      if (vector === undefined) this.counts.embeddingsFailed += 1;
      else {
        this.counts.embedded += 1;
        this.#tell(next.call, this.#planes.clusterOf(vector));
      }
    }
    this.#works = false;
  }

  async #embed(text: string): Promise<readonly number[] | undefined> {
    const { model, keyFile } = this.#options;
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (keyFile !== undefined)
      headers.authorization = `Bearer ${(await readFile(keyFile, 'utf8')).trim()}`;
    const body = Buffer.from(JSON.stringify({ model, input: text, encoding_format: 'float' }));
    const answer = await this.#client.post(this.#url, headers, body);
    return answer.status === 200 ? vectorIn(answer.body) : undefined;
  }
}

function urlOf(base: string): URL {
  const url = new URL(base);
  if (!url.pathname.endsWith('/embeddings'))
    url.pathname = `${url.pathname.replace(/\/$/, '')}/embeddings`;
  return url;
}

/** The first vector of an answer; undefined for anything else. */
function vectorIn(body: Uint8Array): readonly number[] | undefined {
  const answer: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
  const [first]: readonly unknown[] =
    isObject(answer) && Array.isArray(answer.data) ? answer.data : [];
  const vector: unknown = isObject(first) ? first.embedding : undefined;
  if (!Array.isArray(vector) || vector.length === 0) return undefined;
  if (vector.length > LIMITS.embeddingDimensionsMax) return undefined;
  return vector.every((value) => typeof value === 'number' && Number.isFinite(value))
    ? vector
    : undefined;
}
