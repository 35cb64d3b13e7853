import { type Clock, CodedError, LABELS, type Label, LIMITS } from '@spoor/core';
import type { JWK } from 'jose';
import { z } from 'zod';
import { TOKEN_ALGORITHMS, type TokenAlgorithm } from '../token.ts';
import { fixedKeys, IssuerKeys, type KeySource } from './issuer-keys.ts';
import { AttestedSessions, ReplayCache } from './replay.ts';
import { isForAlgorithm } from './select.ts';
import { TokenCache } from './token-cache.ts';

/** What an issuer may say, and how far it is believed. */
export const ISSUER_KINDS = ['idp', 'txn-service', 'orchestrator', 'spiffe', 'enrolled'] as const;
export type IssuerKind = (typeof ISSUER_KINDS)[number];

/** Whom the owner trusts to say who acts. */
export interface Issuer {
  readonly issuer: string;
  readonly kind: Exclude<IssuerKind, 'enrolled'>;
  readonly audiences: readonly string[];
  readonly algorithms: readonly TokenAlgorithm[];
  /** Types of tokens, in lower case; '' where a token may have none. */
  readonly types: readonly string[];
  /** Issuer whose names for subjects are this one's, too. */
  readonly subjectsOf: string;
  readonly keys: KeySource;
}

export type RequiredLevel = 'verified' | 'attested';

/** What the owner's file says, and what has to be remembered between calls. */
export interface IdentityTrust {
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** Enrolled machines whose process facts the owner takes for attested. */
  readonly machines: ReadonlySet<string>;
  /** Other names by which attesters know a server. */
  readonly hops: ReadonlyMap<string, readonly string[]>;
  readonly require: ReadonlyMap<Label, RequiredLevel>;
  readonly tokens: TokenCache;
  readonly replays: ReplayCache;
  readonly sessions: AttestedSessions;
  /** What an answer of an issuer may take while a call waits. */
  readonly keysWaitMs: number;
  /** Since when proofs are remembered: of older ones nobody knows whether they have come. */
  readonly startedMs: number;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<Issuer['kind'], readonly string[]>> = {
  idp: ['at+jwt', 'oauth-id-jag+jwt', 'txntoken+jwt'],
  'txn-service': ['txntoken+jwt'],
  orchestrator: ['txntoken+jwt', 'mcp-session-open+jwt'],
  spiffe: ['jwt', 'jose', ''],
};

const TEXT = z.string().min(1).max(512);
const AUDIENCES = z.union([TEXT.transform((one) => [one]), z.array(TEXT).min(1).max(16)]);
const FORBIDDEN_MEMBERS = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth'] as const;

const KEY = z
  .looseObject({ kty: z.string(), kid: z.string().optional() })
  .refine((key) => FORBIDDEN_MEMBERS.every((name) => key[name] === undefined), {
    error: 'is not a public key alone',
  });

const ISSUER = z.strictObject({
  issuer: TEXT,
  kind: z.enum(['idp', 'txn-service', 'orchestrator', 'spiffe']),
  audience: AUDIENCES,
  algorithms: z.array(z.enum(TOKEN_ALGORITHMS)).min(1),
  jwks: z.url({ protocol: /^https?$/ }).optional(),
  keys: z.array(KEY).min(1).max(LIMITS.identityKeysMax).optional(),
  types: z.array(z.enum(['at+jwt', 'jwt', 'JWT', 'oauth-id-jag+jwt', 'txntoken+jwt'])).optional(),
  'subjects-of': TEXT.optional(),
});

const MACHINE = z.strictObject({
  issuer: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  kind: z.literal('enrolled'),
});

const FILE = z.strictObject({
  issuers: z.array(z.discriminatedUnion('kind', [ISSUER, MACHINE])).max(LIMITS.identityIssuersMax),
  servers: z.record(z.string().max(LIMITS.nameCharsMax), AUDIENCES).optional(),
  require: z.partialRecord(z.enum(LABELS), z.enum(['verified', 'attested'])).optional(),
});

/**
 * Takes what stands in the owner's file, already read as YAML. Throws IDENTITY_TRUST_INVALID, which
 * names the place.
 */
export function readTrust(
  value: unknown,
  path: string,
  clock: Pick<Clock, 'monotonicMs'>,
): IdentityTrust {
  const parsed = FILE.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw invalid(path, `${where}${where === '' ? '' : ': '}${issue?.message ?? ''}`);
  }
  const { issuers: rows, servers = {}, require = {} } = parsed.data;
  const machines = rows.flatMap((row) => (row.kind === 'enrolled' ? [row.issuer] : []));
  const issuers = new Map<string, Issuer>();
  for (const row of rows) {
    if (row.kind === 'enrolled') continue;
    if (issuers.has(row.issuer)) throw invalid(path, `two rows for ${row.issuer}`);
    issuers.set(row.issuer, issuerOf(row, path, clock));
  }
  return {
    issuers,
    machines: new Set(machines),
    hops: new Map(Object.entries(servers)),
    require: new Map(Object.entries(require)) as ReadonlyMap<Label, RequiredLevel>,
    tokens: new TokenCache(),
    replays: new ReplayCache(),
    sessions: new AttestedSessions(),
    keysWaitMs: LIMITS.identityKeysWaitMs,
    startedMs: 0,
    close: async () => {
      await Promise.all([...issuers.values()].map(({ keys }) => keys.close()));
    },
  };
}

function issuerOf(
  row: z.infer<typeof ISSUER>,
  path: string,
  clock: Pick<Clock, 'monotonicMs'>,
): Issuer {
  const { issuer, kind, algorithms } = row;
  if (kind === 'spiffe' && !/^spiffe:\/\/[a-z0-9._-]+$/.test(issuer))
    throw invalid(path, `${issuer}: a trust domain is written spiffe://example.org`);
  return {
    issuer,
    kind,
    audiences: row.audience,
    algorithms,
    types: row.types?.map((type) => type.toLowerCase()) ?? TYPES[kind],
    subjectsOf: row['subjects-of'] ?? issuer,
    keys: keysOf(row, path, clock),
  };
}

function keysOf(
  { issuer, algorithms, jwks, keys }: z.infer<typeof ISSUER>,
  path: string,
  clock: Pick<Clock, 'monotonicMs'>,
): KeySource {
  if ((jwks === undefined) === (keys === undefined))
    throw invalid(path, `${issuer}: either jwks or keys`);
  if (jwks !== undefined) return new IssuerKeys(new URL(jwks), clock);
  const own = keys as readonly JWK[];
  if (!own.every((key) => algorithms.some((algorithm) => isForAlgorithm(key, algorithm))))
    throw invalid(path, `${issuer}: a key that none of its algorithms can use`);
  return fixedKeys(own);
}

const invalid = (path: string, detail: string): CodedError =>
  new CodedError('IDENTITY_TRUST_INVALID', `${path}: ${detail}`);
