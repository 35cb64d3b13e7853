import { canonicalize } from './canonical.ts';
import { LIMITS } from './limits.ts';
import { isObject, type JsonObject, type JsonRpcId, metaOf, type Request } from './message.ts';

/**
 * Evidence of who calls, as it travels: the words that its makers and its verifier share. Nothing
 * here says how far anything is proved; that is worked out by the hub alone.
 */

/** Member of `params._meta` that carries {@link IdentityMeta}. */
export const IDENTITY_META_KEY = 'dev.spoor/identity';

export interface IdentityMeta {
  readonly v: typeof IDENTITY_VERSION;
  /** JWT of type {@link TXN_TYPE} or {@link SESSION_OPEN_TYPE}: who acts, and with which key. */
  readonly txn: string;
  /** JWS of type {@link PROOF_TYPE} by that key: this very call. */
  readonly proof: string;
}

export const IDENTITY_VERSION = 1;

/** OAuth Transaction Token: of an issuer that has seen the user. */
export const TXN_TYPE = 'txntoken+jwt';
/** Signed by an orchestrator when it opens a session: it says who the user is. */
export const SESSION_OPEN_TYPE = 'mcp-session-open+jwt';
/** Proof of one call. */
export const PROOF_TYPE = 'mcp-call-proof+jwt';

/** What a `txn` rests on, as its issuer says. */
export const IDENTITY_BASES = ['id_token', 'id-jag', 'access_token', 'peercred', 'config'] as const;
export type IdentityBasis = (typeof IDENTITY_BASES)[number];

/** What a Transaction Token and the opening of a session have in common. Times in seconds. */
interface BindingClaims {
  readonly iss: string;
  /** The trust domain that it is for, or several. */
  readonly aud: string | readonly string[];
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  /** The user, by a name that is this issuer's own. */
  readonly sub: string;
  /** The agent that acts for the user, and whom that one acts for: {@link ACT_DEPTH_MAX} deep. */
  readonly act?: ActClaim;
  readonly tctx: TransactionContext;
  readonly rctx?: RequesterContext;
  readonly cnf: Confirmation;
}

export interface TxnClaims extends BindingClaims {
  /** Trace id, 32 hexadecimal digits: the trace is the transaction. */
  readonly txn: string;
  /** Workload that asked for it: a SPIFFE id, or thumbprint of a key. */
  readonly req_wl: string;
  readonly scope: string;
}

/** The same claims but for a trace: a session has many. */
export interface SessionOpenClaims extends BindingClaims {
  readonly req_wl?: string;
  readonly scope?: string;
}

export interface ActClaim {
  readonly sub: string;
  readonly iss?: string;
  readonly act?: ActClaim;
}

export interface TransactionContext {
  /** The session, by the attester's name: a new one with each start of the agent. */
  readonly sid: string;
  /** Base64url SHA-256 of the sealed prompt. */
  readonly intent?: string;
  /** Name of the policy under which it acts. */
  readonly policy?: string;
}

export interface RequesterContext {
  readonly amr?: readonly string[];
  readonly auth_time?: number;
  readonly lvl_basis?: IdentityBasis;
}

export interface Confirmation {
  /** Thumbprint (RFC 7638, SHA-256) of the key that signs proofs. */
  readonly jkt: string;
  /**
   * That key, public. Without it, the key is the one with this thumbprint among those of the
   * issuer. A key in the proof's own header is never looked at.
   */
  readonly jwk?: Readonly<Record<string, string>>;
}

/** Claims of one call's proof. */
export interface ProofClaims {
  /** Base64url SHA-256 of the `txn` text. */
  readonly ath: string;
  /** Name of the MCP server that this call is for, as Spoor calls it. */
  readonly aud: string;
  /** JSON-RPC method. */
  readonly mth: string;
  /** Name of the tool or prompt, or URI of the resource; absent where the method has none. */
  readonly nm?: string;
  /** JSON-RPC id. */
  readonly rid: JsonRpcId;
  /** Base64url SHA-256 of {@link digestText}. */
  readonly dig: string;
  /** `traceparent` of the request; absent where it has none. */
  readonly tp?: string;
  /** Counts up within `sid` and `aud`. */
  readonly seq: number;
  readonly iat: number;
  readonly jti: string;
  /** One name for all tries of one logical call, and the number of this try from 0. */
  readonly idem?: string;
  readonly rtry?: number;
}

/** `act` claims within one another. */
export const ACT_DEPTH_MAX = 4;
/** Clocks of makers and verifiers differ by no more than this. */
export const IDENTITY_SKEW_S = 60;
/** Life of a Transaction Token. */
export const TXN_LIFE_MAX_S = 300;
/** Life of an opened session: a day. */
export const SESSION_OPEN_LIFE_MAX_S = 86_400;

/** What a proof is about, of a request as it stands on the wire. */
export interface IdentityCall {
  readonly mth: string;
  readonly nm?: string;
  readonly rid: JsonRpcId;
  readonly dig: string;
  readonly tp?: string;
}

/**
 * Evidence as a sensor hands it to the hub, with the first word of a call. It says nothing of how
 * far it proves anything, and it holds tokens: it is never spooled, logged or kept but sealed.
 */
export interface IdentityEvidence {
  /** What stands under {@link IDENTITY_META_KEY}, unread, as JSON. */
  readonly meta?: string;
  /** Token that came as HTTP authorization and was meant for the gateway. */
  readonly bearer?: string;
  /** Of a token that was meant for the server behind: read, and checked by nobody. */
  readonly claimed?: ClaimedSubject;
  /** What the sensor read of the request. */
  readonly call?: IdentityCall;
}

/** Whom a token names that nobody has checked: a claim, and no evidence. */
export interface ClaimedSubject {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * What `dig` is the SHA-256 of: the canonical form (RFC 8785) of the parameters without `_meta`.
 * Throws TypeError where they have none.
 */
export function digestText(params: JsonObject): string {
  const { _meta: _, ...rest } = params;
  return canonicalize(rest);
}

/** What a proof of this request has to say of it, but for the digest. */
export function identityCallOf({ id, method, params }: Request): Omit<IdentityCall, 'dig'> {
  const { name, uri } = params;
  const nm = typeof name === 'string' ? name : uri;
  const tp = metaOf(params).traceparent;
  return {
    mth: method,
    ...(typeof nm === 'string' ? { nm } : {}),
    rid: id,
    ...(typeof tp === 'string' ? { tp } : {}),
  };
}

/**
 * What stands in `_meta` of a request, unread, as JSON: undefined where nothing does, and '' where
 * it is longer than any evidence.
 */
export function identityTextOf(params: JsonObject): string | undefined {
  const value = metaOf(params)[IDENTITY_META_KEY];
  if (value === undefined) return undefined;
  const text = JSON.stringify(value);
  return text.length > LIMITS.identityCharsMax ? '' : text;
}

/** Undefined where it is not of this form: what is more than this version says is refused, too. */
export function readIdentityMeta(value: unknown): IdentityMeta | undefined {
  if (!isObject(value) || value.v !== IDENTITY_VERSION) return undefined;
  const { txn, proof } = value;
  const exact = Object.keys(value).length === 3;
  if (!exact || typeof txn !== 'string' || typeof proof !== 'string') return undefined;
  return { v: IDENTITY_VERSION, txn, proof };
}
