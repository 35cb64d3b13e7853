import { readFile } from 'node:fs/promises';
import { CodedError } from '@spoor/core';
import { Agent, request } from 'undici';
import { failureOf, OutboundError } from './outbound/failure.ts';
import { Gate } from './outbound/gate.ts';
import {
  checkedConnector,
  checkOutbound,
  guardedLookup,
  type OutboundRules,
  type Resolve,
} from './outbound/guard.ts';
import { ACCEPTED_ENCODING, inflated, readUpTo } from './outbound/inflate.ts';

export { isPublicAddress } from './outbound/addresses.ts';
export {
  Credentials,
  type HostCredential,
  type SecretSource,
} from './outbound/credentials.ts';
export { OutboundError, type OutboundFailure } from './outbound/failure.ts';
export { checkOutbound, guardedLookup, mayBeAt, type Resolve } from './outbound/guard.ts';
export { checkHeaders } from './outbound/headers.ts';

/**
 * The only way out of Spoor. An address must be public, or be named by the owner; it is checked
 * where the name is resolved, the connection goes to the address that was checked, and the address
 * at its other end is checked again. A POST follows no redirect; a GET follows three, each of them
 * checked like a request of its own.
 */
export interface OutboundOptions extends OutboundRules {
  /** For the whole of a question, waiting and redirects included. */
  readonly timeoutMs: number;
  /** For its parts, where they are to be shorter. */
  readonly connectMs?: number;
  readonly headersMs?: number;
  /** Between two pieces of a body. */
  readonly idleMs?: number;
  /** Of the body, inflated where that is asked for. */
  readonly responseBytesMax: number;
  /** Take compressed answers, and give them back inflated. */
  readonly inflate?: boolean;
  /** Requests at a time, and beyond them those that may wait. */
  readonly concurrentMax?: number;
  readonly waitingMax?: number;
  readonly tls?: TlsFiles;
  /** What a host is to be shown besides, asked for each hop by its own URL. */
  readonly credentials?: CredentialSource;
  /** Told of each place that nothing was sent to. */
  readonly onRefused?: (attempt: RefusedAttempt) => void;
  /** The system's, but for tests. */
  readonly resolve?: Resolve;
}

export interface CredentialSource {
  headersFor(url: URL, fresh: boolean): Promise<Readonly<Record<string, string>>>;
}

export interface RefusedAttempt {
  /** Without path, query or credentials. */
  readonly origin: string;
  /** Was it a redirect of a host that may be spoken to? */
  readonly redirected: boolean;
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
  /** In small letters and without parameters, as far as the server says one. */
  readonly mediaType?: string;
  /** The server's wish, from `Retry-After`. */
  readonly retryAfterMs?: number;
}

type Headers = Readonly<Record<string, string>>;

/** One request of a question, on its way. */
interface Hop {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Headers;
  readonly body: Uint8Array | null;
  readonly signal: AbortSignal;
  readonly redirected: boolean;
}

type HopAnswer = OutboundAnswer & { readonly location?: string };

/** Names of the connector's options, with what the files hold. */
type Pem = Partial<Record<'ca' | 'cert' | 'key', string>>;

const CONNECTIONS_MAX = 4;

export class OutboundClient {
  readonly #options: OutboundOptions;
  readonly #gate: Gate;
  #agent: Agent;
  #pem: Pem = {};

  constructor(options: OutboundOptions) {
    this.#options = options;
    this.#agent = this.#newAgent();
    const { concurrentMax = Number.POSITIVE_INFINITY, waitingMax = 0 } = options;
    this.#gate = new Gate(concurrentMax, waitingMax);
  }

  /**
   * Throws OUTBOUND_REFUSED or OUTBOUND_FAILED (as OutboundError); neither says more to the
   * caller's peer. CONFIG_UNREADABLE names a certificate or key that cannot be read, and
   * CREDENTIAL_UNREADABLE where a credential was looked for.
   */
  post(url: URL, headers: Headers, body: Uint8Array, until?: AbortSignal): Promise<OutboundAnswer> {
    return this.#within(until, url, async (signal) => {
      const hop = { url, method: 'POST', headers, body, signal, redirected: false } as const;
      const { location: _, ...answer } = await this.#ask(hop);
      return answer;
    });
  }

  /**
   * Likewise. Headers, which may be credentials, go to the first origin alone; the time is one for
   * all hops.
   */
  get(url: URL, headers: Headers, until?: AbortSignal): Promise<OutboundAnswer> {
    return this.#within(until, url, async (signal) => {
      let at = url;
      for (let hops = 0; ; hops++) {
        const own = at.origin === url.origin ? headers : {};
        const hop = { url: at, method: 'GET', headers: own, body: null, signal } as const;
        const { location, ...answer } = await this.#ask({ ...hop, redirected: hops > 0 });
        if (location === undefined || !REDIRECTS.has(answer.status)) return answer;
        if (hops >= HOPS_MAX) throw new OutboundError('redirect', 'too many redirects');
        if (!URL.canParse(location, at.href)) throw new OutboundError('redirect', 'redirect');
        at = new URL(location, at);
      }
    });
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  /** Ends what is under way, too. */
  destroy(): Promise<void> {
    return this.#agent.destroy();
  }

  /** In turn, and in time: the agent ends an answer that is silent, this also one that drips. */
  async #within(
    until: AbortSignal | undefined,
    url: URL,
    work: (signal: AbortSignal) => Promise<OutboundAnswer>,
  ): Promise<OutboundAnswer> {
    const timeout = AbortSignal.timeout(this.#options.timeoutMs);
    const signal = until === undefined ? timeout : AbortSignal.any([timeout, until]);
    let leave: (() => void) | undefined;
    try {
      leave = await this.#gate.enter(signal);
      return await work(signal);
    } catch (error) {
      throw asCoded(error, url, until);
    } finally {
      leave?.();
    }
  }

  async #ask(hop: Hop): Promise<HopAnswer> {
    const { credentials } = this.#options;
    try {
      checkOutbound(hop.url, this.#options.trustedHosts, this.#options);
      await this.#renew();
      if (credentials === undefined) return await this.#send(hop, hop.headers);
      const known = await credentials.headersFor(hop.url, false);
      const answer = await this.#send(hop, { ...hop.headers, ...known });
      if (answer.status !== UNAUTHORIZED || hop.method !== 'GET') return answer;
      const fresh = await credentials.headersFor(hop.url, true);
      return sameHeaders(known, fresh) ? answer : this.#send(hop, { ...hop.headers, ...fresh });
    } catch (error) {
      // What the connector refused comes as the cause of a failure.
      const coded = codedIn(error);
      if (coded?.code === 'OUTBOUND_REFUSED')
        this.#options.onRefused?.({ origin: originOf(hop.url), redirected: hop.redirected });
      throw coded ?? error;
    }
  }

  async #send({ url, method, body, signal }: Hop, headers: Headers): Promise<HopAnswer> {
    const { inflate = false, responseBytesMax } = this.#options;
    const response = await request(url, {
      method,
      headers: inflate ? { ...headers, 'accept-encoding': ACCEPTED_ENCODING } : headers,
      body,
      dispatcher: this.#agent,
      signal,
    });
    const { location, 'retry-after': wait, 'content-type': type } = response.headers;
    const encoding = inflate ? String(response.headers['content-encoding'] ?? '') : '';
    const retryAfterMs = waitOf(wait);
    const mediaType = typeof type === 'string' ? type.split(';', 1)[0]?.trim() : undefined;
    return {
      status: response.statusCode,
      // Unless asked for, nothing is inflated, so the limit holds for what is kept.
      body: await readUpTo(inflated(response.body, encoding), responseBytesMax),
      ...(mediaType === undefined ? {} : { mediaType: mediaType.toLowerCase() }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(typeof location === 'string' ? { location } : {}),
    };
  }

  #newAgent(): Agent {
    const { timeoutMs, connectMs, headersMs, idleMs, trustedHosts, resolve } = this.#options;
    const connector = {
      ...this.#pem,
      lookup: guardedLookup(trustedHosts, resolve),
      timeout: connectMs ?? timeoutMs,
    };
    return new Agent({
      connect: checkedConnector(connector, this.#options),
      headersTimeout: headersMs ?? timeoutMs,
      bodyTimeout: idleMs ?? timeoutMs,
      connections: this.#options.concurrentMax ?? CONNECTIONS_MAX,
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
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const HOPS_MAX = 3;
const UNAUTHORIZED = 401;

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

function codedIn(error: unknown): CodedError | undefined {
  if (error instanceof CodedError) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof CodedError ? cause : undefined;
}

function asCoded(error: unknown, url: URL, until: AbortSignal | undefined): CodedError {
  if (error instanceof CodedError) return error;
  const failure = until?.aborted === true ? 'cancelled' : failureOf(error);
  return new OutboundError(failure, url.host, error);
}

/** Schemes without a host, such as `file:`, have no origin. */
const originOf = ({ protocol, host }: URL): string => `${protocol}//${host}`;

const sameHeaders = (a: Headers, b: Headers): boolean =>
  JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b));
