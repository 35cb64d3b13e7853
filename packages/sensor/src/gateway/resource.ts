import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { CodedError, type ErrorCode, LIMITS } from '@spoor/core';
import { isToken, TokenExchange, TokenVerifier, type VerifiedToken } from '@spoor/edge/token';
import type { Claims } from '@spoor/edge/wire';
import type { Credentials, ResourceOptions, Secret } from './options.ts';

/** What a request is worth at the gateway's own door. */
export type Admission =
  | {
      readonly status: 'admitted';
      readonly claims?: Claims;
      /** The client's token, which was for the gateway; as evidence for the hub. */
      readonly token?: string;
      readonly authorization?: string;
    }
  | {
      readonly status: 'refused';
      readonly code: ErrorCode;
      readonly headers: Readonly<Record<string, string>>;
    };

/** Nothing is asked for: the upstream's own authorization is between it and the client. */
export const ADMITTED: Admission = { status: 'admitted' };

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/**
 * An upstream for which the gateway is a protected resource of its own: tokens are for the gateway,
 * and the upstream gets another one. The client's token is never passed on.
 */
export class Resource {
  readonly #options: ResourceOptions;
  readonly #verifier: TokenVerifier;
  readonly #credentials: (token: string, verified: VerifiedToken) => Promise<string>;
  readonly #exchange: TokenExchange | undefined;

  constructor(options: ResourceOptions) {
    this.#options = options;
    const { issuer, resource, keys, algorithms } = options;
    this.#verifier = new TokenVerifier({ issuer, audience: resource.href, keys, algorithms });
    const { upstream } = options;
    this.#exchange = upstream.kind === 'exchange' ? exchangeOf(upstream) : undefined;
    this.#credentials = credentialsBy(upstream, this.#exchange);
  }

  /** Where its metadata are (RFC 9728 §3.1), as a path of the gateway. */
  get metadataPath(): string {
    const { pathname } = this.#options.resource;
    return pathname === '/' ? WELL_KNOWN : `${WELL_KNOWN}${pathname}`;
  }

  get metadata(): object {
    const { resource, issuer, scopes } = this.#options;
    return {
      resource: resource.href,
      authorization_servers: [issuer],
      ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
      bearer_methods_supported: ['header'],
    };
  }

  async admit({ headers, method }: IncomingMessage): Promise<Admission> {
    // A browser asks without a token whether it may ask with one.
    if (method === 'OPTIONS') return { status: 'admitted', authorization: '' };
    const [, token] = /^bearer ([^ ]+)$/i.exec(headers.authorization ?? '') ?? [];
    if (token === undefined) return this.#refusal('GATEWAY_UNAUTHORIZED');
    if (!isToken(token)) return this.#refusal('GATEWAY_UNAUTHORIZED', 'invalid_token');
    const check = await this.#verifier.verify(token);
    if (check.status === 'unavailable') return this.#refusal('TOKEN_KEYS_UNAVAILABLE');
    if (check.status === 'refused') return this.#refusal('GATEWAY_UNAUTHORIZED', 'invalid_token');
    if (!this.#options.scopes.every((scope) => check.scopes.has(scope)))
      return this.#refusal('GATEWAY_SCOPE', 'insufficient_scope');
    try {
      const authorization = await this.#credentials(token, check);
      return { status: 'admitted', claims: check.claims, token, authorization };
    } catch {
      return this.#refusal('TOKEN_EXCHANGE_FAILED');
    }
  }

  async close(): Promise<void> {
    await this.#verifier.close();
    await this.#exchange?.close();
  }

  #refusal(code: ErrorCode, error?: 'invalid_token' | 'insufficient_scope'): Admission {
    if (code === 'TOKEN_KEYS_UNAVAILABLE' || code === 'TOKEN_EXCHANGE_FAILED')
      return { status: 'refused', code, headers: {} };
    const { resource, scopes } = this.#options;
    const parts = [
      ...(error === undefined ? [] : [`error="${error}"`]),
      ...(scopes.length === 0 ? [] : [`scope="${scopes.join(' ')}"`]),
      `resource_metadata="${resource.origin}${this.metadataPath}"`,
    ];
    return {
      status: 'refused',
      code,
      headers: { 'www-authenticate': `Bearer ${parts.join(', ')}` },
    };
  }
}

type ByExchange = Extract<Credentials, { readonly kind: 'exchange' }>;

const exchangeOf = ({ secret, ...policy }: ByExchange): TokenExchange =>
  new TokenExchange({ ...policy, clientSecret: reader(secret) });

function credentialsBy(
  credentials: Credentials,
  exchange: TokenExchange | undefined,
): (token: string, verified: VerifiedToken) => Promise<string> {
  if (exchange !== undefined) return exchanged(exchange);
  if (credentials.kind !== 'token') return () => Promise.resolve('');
  const read = reader(credentials.token);
  return async () => `Bearer ${await read()}`;
}

/** A token is exchanged once, and again when what it was exchanged for runs out. */
function exchanged(
  exchange: TokenExchange,
): (token: string, own: VerifiedToken) => Promise<string> {
  const known = new Map<string, { readonly token: string; readonly untilMs: number }>();
  return async (token, { expiresMs }) => {
    const key = createHash('sha256').update(token).digest('base64');
    const found = known.get(key);
    if (found !== undefined && Date.now() < found.untilMs) return `Bearer ${found.token}`;
    const got = await exchange.exchange(token);
    const [oldest] = known.keys();
    if (known.size >= LIMITS.tokensExchangedMax && oldest !== undefined) known.delete(oldest);
    const untilMs = Math.min(got.expiresMs - EARLY_MS, expiresMs);
    known.set(key, { token: got.token, untilMs });
    return `Bearer ${got.token}`;
  };
}

const EARLY_MS = 10_000;
const FILE_FRESH_MS = 1_000;

/** Read anew when it is used: a renewed secret needs no restart. Throws GATEWAY_CONFIG. */
function reader(secret: Secret): () => Promise<string> {
  let read: Promise<string> | undefined;
  let untilMs = 0;
  return () => {
    if (read === undefined || performance.now() > untilMs) {
      read = readSecret(secret);
      untilMs = performance.now() + FILE_FRESH_MS;
    }
    return read;
  };
}

async function readSecret(secret: Secret): Promise<string> {
  const text =
    'file' in secret
      ? await readFile(secret.file, 'utf8').catch(() => undefined)
      : process.env[secret.env];
  const value = text?.trim() ?? '';
  if (value !== '') return value;
  throw new CodedError('GATEWAY_CONFIG', 'file' in secret ? secret.file : secret.env);
}
