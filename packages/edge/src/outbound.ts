import { lookup } from 'node:dns';
import { readFile } from 'node:fs/promises';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { CodedError } from '@spoor/core';
import ipaddr from 'ipaddr.js';
import { Agent, request } from 'undici';

/**
 * The only way out of Spoor. An address must be public, or be named by the owner; it is checked
 * where the name is resolved and the connection goes to the address that was checked. Redirects are
 * not followed.
 */
export interface OutboundOptions {
  /**
   * Hosts (as they stand in the URL) that the owner configured: these may be private or loopback.
   */
  readonly trustedHosts: readonly string[];
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly tls?: TlsFiles;
}

/** PEM files, read before each request: a renewed certificate needs no restart. */
export interface TlsFiles {
  /** Whom to believe, instead of the authorities that Node ships. */
  readonly caFile?: string;
  /** Who we are, to a server that asks. */
  readonly certificateFile?: string;
  readonly keyFile?: string;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly body: Uint8Array;
  /** The server's wish, from `Retry-After`. */
  readonly retryAfterMs?: number;
}

/** A cloud's metadata service on an address that ranges call public. */
const DENIED_ADDRESSES: ReadonlySet<string> = new Set(['168.63.129.16']);

export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  // IANA has given out nothing but 2000::/3, and old forms such as `::127.0.0.1` lie outside of it.
  if (parsed instanceof ipaddr.IPv6 && ((parsed.parts[0] ?? 0) & 0xe000) !== 0x2000) return false;
  return parsed.range() === 'unicast' && !DENIED_ADDRESSES.has(parsed.toString());
}

/** Names of the connector's options, with what the files hold. */
type Pem = Partial<Record<'ca' | 'cert' | 'key', string>>;

export class OutboundClient {
  readonly #options: OutboundOptions;
  #agent: Agent;
  #pem: Pem = {};

  constructor(options: OutboundOptions) {
    this.#options = options;
    this.#agent = this.#newAgent();
  }

  /**
   * Throws OUTBOUND_REFUSED or OUTBOUND_FAILED; neither says more to the caller's peer.
   * CONFIG_UNREADABLE names a certificate or key that cannot be read.
   */
  async post(url: URL, headers: Record<string, string>, body: Uint8Array): Promise<OutboundAnswer> {
    checkOutbound(url, this.#options.trustedHosts);
    await this.#renew();
    try {
      const response = await request(url, {
        method: 'POST',
        headers,
        body,
        dispatcher: this.#agent,
        // The agent's own limits end a silent answer, this one also an answer that drips.
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      });
      const retryAfterMs = waitOf(response.headers['retry-after']);
      return {
        status: response.statusCode,
        body: await this.#read(response.body),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      };
    } catch (error) {
      if (error instanceof CodedError) throw error;
      throw new CodedError('OUTBOUND_FAILED', url.host, error);
    }
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  #newAgent(): Agent {
    const { timeoutMs, trustedHosts } = this.#options;
    return new Agent({
      connect: { ...this.#pem, lookup: guardedLookup(trustedHosts), timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connections: 4,
    });
  }

  /** Connections made with files that have changed since take no further requests. */
  async #renew(): Promise<void> {
    const { tls } = this.#options;
    if (tls === undefined) return;
    const [ca, cert, key] = await Promise.all(
      [tls.caFile, tls.certificateFile, tls.keyFile].map(textOf),
    );
    const { ca: oldCa, cert: oldCert, key: oldKey } = this.#pem;
    if (ca === oldCa && cert === oldCert && key === oldKey) return;
    this.#pem = {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    };
    const old = this.#agent;
    this.#agent = this.#newAgent();
    void old.close();
  }

  async #read(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > this.#options.responseBytesMax)
        throw new CodedError('OUTBOUND_FAILED', 'answer too large');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}

const textOf = async (path: string | undefined): Promise<string | undefined> =>
  path === undefined
    ? undefined
    : readFile(path, 'utf8').catch((error: unknown) => {
        throw new CodedError('CONFIG_UNREADABLE', path, error);
      });

/** Seconds only: a date would need the server's clock. */
function waitOf(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,6}$/.test(header)
    ? Number(header) * 1_000
    : undefined;
}

/** Throws OUTBOUND_REFUSED for a URL that nothing of Spoor may be sent to. */
export function checkOutbound(url: URL, trustedHosts: readonly string[]): void {
  if (url.username !== '' || url.password !== '') {
    throw new CodedError('OUTBOUND_REFUSED', 'credentials in the URL');
  }
  const trusted = trustedHosts.includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && trusted)) {
    throw new CodedError('OUTBOUND_REFUSED', url.protocol);
  }
  // A literal address never reaches the look-up, so it is checked here.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !trusted && !isPublicAddress(literal)) {
    throw new CodedError('OUTBOUND_REFUSED', url.host);
  }
}

/** Fails with OUTBOUND_REFUSED where any address of an untrusted name is not public. */
export function guardedLookup(trustedHosts: readonly string[]): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const bad = addresses?.find(({ address }) => !isPublicAddress(address));
      const refused =
        error ??
        (bad !== undefined && !trustedHosts.includes(hostname)
          ? new CodedError('OUTBOUND_REFUSED', hostname)
          : null);
      const [first] = addresses ?? [];
      if (refused !== null || first === undefined) done(refused ?? new Error('no address'), '', 0);
      else if (options.all) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}
