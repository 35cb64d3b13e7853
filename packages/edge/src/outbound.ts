import { lookup } from 'node:dns';
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
}

export interface OutboundAnswer {
  readonly status: number;
  readonly body: Uint8Array;
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

export class OutboundClient {
  readonly #agent: Agent;
  readonly #options: OutboundOptions;

  constructor(options: OutboundOptions) {
    this.#options = options;
    this.#agent = new Agent({
      connect: { lookup: this.#lookup, timeout: options.timeoutMs },
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      connections: 4,
    });
  }

  /** Throws OUTBOUND_REFUSED or OUTBOUND_FAILED; neither says more to the caller's peer. */
  async post(url: URL, headers: Record<string, string>, body: Uint8Array): Promise<OutboundAnswer> {
    this.#check(url);
    try {
      const response = await request(url, {
        method: 'POST',
        headers,
        body,
        dispatcher: this.#agent,
        // The agent's own limits end a silent answer, this one also an answer that drips.
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      });
      return { status: response.statusCode, body: await this.#read(response.body) };
    } catch (error) {
      if (error instanceof CodedError) throw error;
      throw new CodedError('OUTBOUND_FAILED', url.host, error);
    }
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  #check(url: URL): void {
    if (url.username !== '' || url.password !== '') {
      throw new CodedError('OUTBOUND_REFUSED', 'credentials in the URL');
    }
    const trusted = this.#isTrusted(url.hostname);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && trusted)) {
      throw new CodedError('OUTBOUND_REFUSED', url.protocol);
    }
    // A literal address never reaches the look-up, so it is checked here.
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !trusted && !isPublicAddress(literal)) {
      throw new CodedError('OUTBOUND_REFUSED', url.host);
    }
  }

  #isTrusted(hostname: string): boolean {
    return this.#options.trustedHosts.includes(hostname);
  }

  readonly #lookup: LookupFunction = (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const bad = addresses?.find(({ address }) => !isPublicAddress(address));
      const refused =
        error ??
        (bad !== undefined && !this.#isTrusted(hostname)
          ? new CodedError('OUTBOUND_REFUSED', hostname)
          : null);
      const [first] = addresses ?? [];
      if (refused !== null || first === undefined) done(refused ?? new Error('no address'), '', 0);
      else if (options.all) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };

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
