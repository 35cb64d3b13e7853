import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { readFile } from 'node:fs/promises';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { CodedError } from '@spoor/core';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector, request } from 'undici';

/**
 * The only way out of Spoor. An address must be public, or be named by the owner; it is checked
 * where the name is resolved, the connection goes to the address that was checked, and the address
 * at its other end is checked again. A POST follows no redirect; a GET follows three, each of them
 * checked like a request of its own.
 */
export interface OutboundOptions {
  /**
   * Hosts (as they stand in the URL) that the owner configured: these may be private or loopback.
   */
  readonly trustedHosts: readonly string[];
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly tls?: TlsFiles;
  /** The system's, but for tests. */
  readonly resolve?: Resolve;
}

/** As `dns.lookup` does with `all`. */
export type Resolve = (
  hostname: string,
  options: LookupOptions,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

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
    // The agent's own limits end a silent answer, this one also an answer that drips.
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    const { location: _, ...answer } = await this.#ask(url, 'POST', headers, body, signal);
    return answer;
  }

  /**
   * Likewise. Headers, which may be credentials, go to the first origin alone; the time is one for
   * all hops.
   */
  async get(url: URL, headers: Record<string, string>): Promise<OutboundAnswer> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    let at = url;
    for (let hops = 0; ; hops++) {
      const own = at.origin === url.origin ? headers : {};
      const { location, ...answer } = await this.#ask(at, 'GET', own, null, signal);
      if (location === undefined || !REDIRECTS.has(answer.status)) return answer;
      if (hops >= HOPS_MAX) throw new CodedError('OUTBOUND_FAILED', 'too many redirects');
      if (!URL.canParse(location, at.href)) throw new CodedError('OUTBOUND_FAILED', 'redirect');
      at = new URL(location, at);
    }
  }

  async #ask(
    url: URL,
    method: 'GET' | 'POST',
    headers: Record<string, string>,
    body: Uint8Array | null,
    signal: AbortSignal,
  ): Promise<OutboundAnswer & { readonly location?: string }> {
    checkOutbound(url, this.#options.trustedHosts);
    await this.#renew();
    try {
      const options = { method, headers, body, dispatcher: this.#agent, signal };
      const response = await request(url, options);
      const { location, 'retry-after': wait } = response.headers;
      const retryAfterMs = waitOf(wait);
      return {
        status: response.statusCode,
        // As it came over the wire: nothing is inflated here, so the limit holds for what is kept.
        body: await this.#read(response.body),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        ...(typeof location === 'string' ? { location } : {}),
      };
    } catch (error) {
      if (error instanceof CodedError) throw error;
      // What the connector refused comes as the cause of a failure.
      const cause = error instanceof Error ? error.cause : undefined;
      if (cause instanceof CodedError) throw cause;
      throw new CodedError('OUTBOUND_FAILED', url.host, error);
    }
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  #newAgent(): Agent {
    const { timeoutMs, trustedHosts, resolve } = this.#options;
    const guarded = guardedLookup(trustedHosts, resolve);
    return new Agent({
      connect: checkedConnector(
        { ...this.#pem, lookup: guarded, timeout: timeoutMs },
        trustedHosts,
      ),
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

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const HOPS_MAX = 3;

/** Checks who is at the other end before a byte is sent: whatever found that address. */
function checkedConnector(
  options: buildConnector.BuildOptions,
  trustedHosts: readonly string[],
): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, done) =>
    connect(target, (error, socket) => {
      if (error !== null) done(error, null);
      else if (mayBeAt(target.hostname, socket.remoteAddress, trustedHosts)) done(null, socket);
      else {
        socket.destroy();
        done(new CodedError('OUTBOUND_REFUSED', target.hostname), null);
      }
    });
}

/** May the connection to a host end at this address? */
export const mayBeAt = (
  hostname: string,
  address: string | undefined,
  trustedHosts: readonly string[],
): boolean =>
  trustedHosts.includes(hostname) || (address !== undefined && isPublicAddress(address));

const systemResolve: Resolve = (hostname, options, done) =>
  lookup(hostname, { ...options, all: true }, done);

/** Fails with OUTBOUND_REFUSED where any address of an untrusted name is not public. */
export function guardedLookup(
  trustedHosts: readonly string[],
  resolve: Resolve = systemResolve,
): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, options, (error, addresses) => {
      const bad = addresses?.find(({ address }) => !isPublicAddress(address));
      const refused =
        error ??
        (bad !== undefined && !trustedHosts.includes(hostname)
          ? new CodedError('OUTBOUND_REFUSED', hostname)
          : null);
      const [first] = addresses ?? [];
      if (refused !== null || first === undefined) done(refused ?? new Error('no address'), '', 0);
      else if (options.all) done(null, [...addresses]);
      else done(null, first.address, first.family);
    });
  };
}
