import { appendFile, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CodedError } from '@spoor/core';
import { OutboundClient } from '@spoor/edge';
import { FORMATS } from './formats/index.ts';
import { ocsfFinding } from './formats/ocsf.ts';
import type { Notice } from './notice.ts';
import type { SinkConfig, SinkRequest } from './sink.ts';

/** How one attempt fared. `why` is a status or one of our codes, never the other side's words. */
export type Delivered =
  | { readonly status: 'sent' }
  | { readonly status: 'refused'; readonly why: string }
  | { readonly status: 'later'; readonly why: string; readonly afterMs?: number };

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 65_536;
/** Told to come back, or not well; anything else that is no success is about the request. */
const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Tells one sink one notice. Secrets are read anew each time: changing one needs no restart. */
export class Delivery {
  readonly #sink: SinkConfig;
  readonly #version: string;
  #client: OutboundClient | undefined;
  /** Host that the client goes to. */
  #trusted = '';
  #host = '';

  constructor(sink: SinkConfig, version: string) {
    this.#sink = sink;
    this.#version = version;
  }

  /** Where it goes, without what may be a secret. */
  get to(): string {
    const { url, path } = this.#sink;
    if (path !== undefined) return basename(path);
    return url === undefined ? this.#host : new URL(url).origin;
  }

  /** Never rejects. */
  async send(notice: Notice): Promise<Delivered> {
    try {
      return await this.#send(notice);
    } catch (error) {
      const why = error instanceof CodedError ? error.code : 'INTERNAL';
      return { status: PERMANENT.has(why) ? 'refused' : 'later', why };
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  async #send(notice: Notice): Promise<Delivered> {
    const { path, kind, secretFile, index } = this.#sink;
    if (path !== undefined) return this.#write(path, notice);
    const secret = secretFile === undefined ? '' : await textOf(secretFile);
    const place = { version: this.#version, secret, index, nowMs: Date.now() };
    return this.#post(await this.#url(), FORMATS[kind].encode(notice, place));
  }

  async #post(base: URL, { path = '', headers, body, known }: SinkRequest): Promise<Delivered> {
    const url = new URL(base);
    url.pathname = `${base.pathname.replace(/\/$/, '')}${path}`;
    const client = await this.#clientFor(url.hostname);
    const { status, retryAfterMs } = await client.post(url, { ...headers }, Buffer.from(body));
    if ((status >= 200 && status < 300) || known?.includes(status)) return { status: 'sent' };
    const why = `HTTP ${status}`;
    if (!isPassing(status)) return { status: 'refused', why };
    return {
      status: 'later',
      why,
      ...(retryAfterMs === undefined ? {} : { afterMs: retryAfterMs }),
    };
  }

  async #write(path: string, notice: Notice): Promise<Delivered> {
    const line = `${JSON.stringify(ocsfFinding(notice, this.#version))}\n`;
    await appendFile(path, line, { mode: 0o600 }).catch((error: unknown) => {
      throw new CodedError('CONFIG_UNREADABLE', basename(path), error);
    });
    return { status: 'sent' };
  }

  async #url(): Promise<URL> {
    const { url, urlFile } = this.#sink;
    const text = url ?? (urlFile === undefined ? '' : await textOf(urlFile));
    const found = URL.canParse(text) ? new URL(text) : undefined;
    if (found?.protocol !== 'https:' && found?.protocol !== 'http:')
      throw new CodedError('SINK_SECRET', 'the file holds an http or https URL');
    this.#host = found.origin;
    return found;
  }

  /** The owner named the host: it may be on this machine or network. */
  async #clientFor(hostname: string): Promise<OutboundClient> {
    if (this.#client !== undefined && this.#trusted === hostname) return this.#client;
    await this.#client?.close();
    this.#trusted = hostname;
    const { tls } = this.#sink;
    this.#client = new OutboundClient({
      trustedHosts: [hostname],
      timeoutMs: TIMEOUT_MS,
      responseBytesMax: ANSWER_BYTES_MAX,
      ...(tls === undefined ? {} : { tls }),
    });
    return this.#client;
  }
}

/** Trying again changes nothing while the owner does not. */
const PERMANENT: ReadonlySet<string> = new Set(['OUTBOUND_REFUSED', 'SINK_SECRET']);

const textOf = async (path: string): Promise<string> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('CONFIG_UNREADABLE', basename(path), error);
  });
  return text.trim();
};
