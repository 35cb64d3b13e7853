import {
  type IdentityCall,
  type IdentityEvidence,
  type IdentityFailure,
  LIMITS,
  type Principal,
  parseStrictText,
  readIdentityMeta,
} from '@spoor/core';
import type { JWK } from 'jose';
import { type CheckedToken, checkToken, ID_JAG_TYPE } from './check-token.ts';
import { type Checked, failed, held, isConflict } from './failure.ts';
import { checkProof } from './proof.ts';
import type { IdentityTrust } from './trust.ts';

export type IdentityLevel = Principal['level'];

/** What the hub itself knows of a call. */
export interface IdentityContext {
  /** Name of the server, as the hub has it. */
  readonly server: string;
  /** Enrolled machine that the evidence comes from, where that is not the hub's own. */
  readonly node?: string;
  readonly session: string;
  /** Id of the call. */
  readonly id: string;
  readonly nowMs: number;
}

export interface IdentitySubject {
  readonly issuer: string;
  readonly subject: string;
  /** Who acts for the subject, nearest first. */
  readonly actors: readonly string[];
}

/** A token that held, for the one entry that says so. */
export interface IdentityToken {
  /** Base64url SHA-256 of the token's text. */
  readonly digest: string;
  readonly text: string;
  readonly issuer: string;
  readonly type: string;
  /** What kind of evidence it is, as a code. */
  readonly source: string;
  /** The issuer's public key, as it was when the token was checked. */
  readonly key: JWK;
  /** Base64url SHA-256 (RFC 7638) of that key. */
  readonly thumbprint: string;
  readonly expiresMs: number;
}

export interface IdentityResult {
  readonly level: IdentityLevel;
  /** Absent at the levels that prove nobody. */
  readonly principal?: IdentitySubject;
  /** Codes: what the level rests on. */
  readonly evidence: readonly string[];
  readonly failures: readonly IdentityFailure[];
  readonly tokens: readonly IdentityToken[];
}

/** One source that held. */
interface Source {
  readonly level: 'verified' | 'attested';
  readonly evidence: string;
  readonly token: CheckedToken;
  readonly text: string;
}

/**
 * Works out how far it is proved on whose behalf a call is made. Levels come from here and from
 * nowhere else; never throws.
 */
export async function verifyIdentity(
  evidence: IdentityEvidence,
  context: IdentityContext,
  trust: IdentityTrust,
): Promise<IdentityResult> {
  const checks: Checked<Source>[] = [];
  if (evidence.bearer !== undefined) checks.push(await bearer(evidence.bearer, context, trust));
  if (evidence.meta !== undefined)
    checks.push(await proved(evidence.meta, evidence.call, context, trust));
  const failures = checks.flatMap((check) => (check.ok ? [] : [check.failure]));
  const sources = checks.flatMap((check) => (check.ok ? [check.value] : []));
  if (differ(sources)) failures.push('sources-differ');
  return resultOf(sources, failures, context, trust);
}

/** A token that came alone: whoever has it may be whom it names, so it proves no single call. */
async function bearer(
  text: string,
  { node, nowMs }: IdentityContext,
  trust: IdentityTrust,
): Promise<Checked<Source>> {
  const token = await checkToken(text, 'bearer', trust, nowMs);
  if (!token.ok) return token;
  const { issuer, type } = token.value;
  if (issuer.kind === 'spiffe')
    return held({ level: 'attested', evidence: 'jwt-svid', token: token.value, text });
  const evidence = type === ID_JAG_TYPE ? 'id-jag' : 'access-token';
  // That it came with this very call is the word of the machine that says so.
  const level = node === undefined ? 'verified' : 'attested';
  return held({ level, evidence, token: token.value, text });
}

async function proved(
  meta: string,
  call: IdentityCall | undefined,
  context: IdentityContext,
  trust: IdentityTrust,
): Promise<Checked<Source>> {
  const carried = readMeta(meta);
  if (carried === undefined) return failed('malformed');
  const token = await checkToken(carried.txn, 'txn', trust, context.nowMs);
  if (!token.ok) return token;
  if (call === undefined) return failed('no-request');
  const hops = hopsOf(context, trust);
  const proof = await checkProof(carried.proof, token.value, { ...context, hops, call }, trust);
  if (!proof.ok) return proof;
  const { level, evidence } = worthOf(token.value);
  return held({ level, evidence, token: token.value, text: carried.txn });
}

function readMeta(meta: string): ReturnType<typeof readIdentityMeta> {
  if (meta.length > LIMITS.identityCharsMax) return undefined;
  const json = parseStrictText(meta, META_DEPTH_MAX);
  return json.ok ? readIdentityMeta(json.value) : undefined;
}

const META_DEPTH_MAX = 2;

/** On another machine a server is called by its own name, and by the one with the machine's. */
function hopsOf({ server, node }: IdentityContext, { hops }: IdentityTrust): readonly string[] {
  const own = node === undefined ? [] : [server.slice(0, -node.length - 1)];
  return [server, ...own, ...(hops.get(server) ?? [])];
}

/** An orchestrator is believed that it said so, whatever it says that rests on. */
function worthOf({ issuer, binding }: CheckedToken): Pick<Source, 'level' | 'evidence'> {
  if (issuer.kind === 'orchestrator') return { level: 'attested', evidence: 'orchestrator' };
  const basis = binding?.claims.rctx?.lvl_basis;
  const ofUser = basis !== undefined && USER_BASES.has(basis);
  return { level: ofUser ? 'verified' : 'attested', evidence: 'txn-token' };
}

/** What the issuer has seen of the user; the other bases are facts of machines. */
const USER_BASES: ReadonlySet<string> = new Set(['id_token', 'id-jag', 'access_token']);

/** Do two sources, whose names can be compared, name two subjects? */
function differ([one, other]: readonly Source[]): boolean {
  if (one === undefined || other === undefined) return false;
  if (one.token.issuer.subjectsOf !== other.token.issuer.subjectsOf) return false;
  return one.token.claims.sub !== other.token.claims.sub;
}

function resultOf(
  sources: readonly Source[],
  failures: readonly IdentityFailure[],
  { node }: IdentityContext,
  { machines }: IdentityTrust,
): IdentityResult {
  const tokens = sources.map(tokenOf);
  const machine = node === undefined ? [] : ['enrolled'];
  const words = [...sources.map((source) => source.evidence), ...machine, ...failures];
  const result = { evidence: words, failures, tokens };
  if (failures.some(isConflict)) return { level: 'conflict', ...result };
  // The one bound to the call comes last, and counts more among equals.
  const best = sources.findLast(({ level }) => level === 'verified') ?? sources.at(-1);
  if (best !== undefined) return { level: best.level, principal: subjectOf(best.token), ...result };
  const registered = node !== undefined && machines.has(node) && failures.length === 0;
  return { level: registered ? 'attested' : 'unverified', ...result };
}

const tokenOf = ({ token, text, evidence }: Source): IdentityToken => ({
  digest: token.digest,
  text,
  issuer: token.issuer.issuer,
  type: token.type,
  source: evidence,
  key: token.jwk,
  thumbprint: token.thumbprint,
  expiresMs: token.claims.exp * 1_000,
});

function subjectOf({ issuer, claims }: CheckedToken): IdentitySubject {
  const actors: string[] = [];
  for (let { act } = claims; act !== undefined; act = act.act) actors.push(act.sub);
  return { issuer: issuer.issuer, subject: claims.sub, actors };
}
