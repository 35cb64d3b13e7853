import {
  ACT_DEPTH_MAX,
  type ActClaim,
  type Confirmation,
  IDENTITY_BASES,
  IDENTITY_SKEW_S,
  LIMITS,
  type ProofClaims,
  type RequesterContext,
  type TransactionContext,
} from '@spoor/core';
import { z } from 'zod';
import { type Checked, failed, held } from './failure.ts';

/** What every token may say; an access token says no more that is looked at. */
export interface TokenClaims {
  readonly iss?: string | undefined;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly iat?: number | undefined;
  readonly nbf?: number | undefined;
  readonly jti?: string | undefined;
  readonly client_id?: string | undefined;
  readonly act?: ActClaim | undefined;
}

/** Of a Transaction Token or the opening of a session; `txn` is the former's alone. */
export interface BindingClaims extends TokenClaims {
  readonly tctx: TransactionContext;
  readonly rctx?: RequesterContext | undefined;
  readonly cnf: Confirmation;
  readonly req_wl?: string | undefined;
  readonly scope?: string | undefined;
  readonly txn?: string | undefined;
}

const TEXT = z.string().min(1).max(512);
const SUBJECT = z.string().min(1).max(256);
const SECONDS = z.number().nonnegative();
const DIGEST = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const AUDIENCE = z.union([TEXT, z.array(TEXT).min(1).max(16)]);

const ACT: z.ZodType<ActClaim> = z.lazy(() =>
  z.object({ sub: SUBJECT, iss: TEXT.optional(), act: ACT.optional() }),
) as z.ZodType<ActClaim>;

const TOKEN = z.object({
  iss: TEXT.optional(),
  sub: SUBJECT,
  aud: AUDIENCE,
  exp: SECONDS,
  iat: SECONDS.optional(),
  nbf: SECONDS.optional(),
  jti: TEXT.optional(),
  client_id: TEXT.optional(),
  act: ACT.optional(),
});

const JWK_TEXT = z.string().min(1).max(1_024);
const BINDING = TOKEN.extend({
  iss: TEXT,
  iat: SECONDS,
  jti: TEXT,
  tctx: z.object({ sid: SUBJECT, intent: DIGEST.optional(), policy: TEXT.optional() }),
  rctx: z
    .object({
      amr: z.array(TEXT).max(16).optional(),
      auth_time: SECONDS.optional(),
      lvl_basis: z.enum(IDENTITY_BASES).optional(),
    })
    .optional(),
  cnf: z.object({
    jkt: DIGEST,
    jwk: z
      .looseObject({
        kty: JWK_TEXT,
        crv: JWK_TEXT.optional(),
        x: JWK_TEXT.optional(),
        y: JWK_TEXT.optional(),
      })
      .refine(({ d, k }) => d === undefined && k === undefined)
      .optional(),
  }),
  req_wl: TEXT.optional(),
  scope: z.string().max(1_024).optional(),
  txn: z
    .string()
    .regex(/^(?!0+$)[0-9a-f]{32}$/)
    .optional(),
});

const NAME = z.string().max(LIMITS.identityNameCharsMax);
const PROOF: z.ZodType<ProofClaims> = z.object({
  ath: DIGEST,
  aud: TEXT,
  mth: z.string().min(1).max(64),
  nm: NAME.optional(),
  rid: z.union([NAME, z.int()]),
  dig: DIGEST,
  tp: z.string().max(LIMITS.traceparentCharsMax).optional(),
  seq: z.int().nonnegative(),
  iat: SECONDS,
  jti: z.string().min(8).max(128),
  idem: z.string().min(1).max(128).optional(),
  rtry: z.int().nonnegative().max(1_000).optional(),
}) as z.ZodType<ProofClaims>;

/** Depth before shape: a chain of any length costs no more than a walk along it. */
function readClaims<Claims extends { readonly act?: ActClaim | undefined }>(
  schema: z.ZodType<Claims>,
  value: Readonly<Record<string, unknown>>,
): Checked<Claims> {
  if (actDepth(value) > ACT_DEPTH_MAX) return failed('delegation');
  const parsed = schema.safeParse(value);
  return parsed.success ? held(parsed.data) : failed('claims');
}

function actDepth(value: Readonly<Record<string, unknown>>): number {
  let depth = 0;
  for (let act = value.act; typeof act === 'object' && act !== null; depth++)
    act = (act as { readonly act?: unknown }).act;
  return depth;
}

export const readTokenClaims = (value: Readonly<Record<string, unknown>>): Checked<TokenClaims> =>
  readClaims(TOKEN, value);

export const readBindingClaims = (
  value: Readonly<Record<string, unknown>>,
): Checked<BindingClaims> => readClaims(BINDING as unknown as z.ZodType<BindingClaims>, value);

export function readProofClaims(value: Readonly<Record<string, unknown>>): Checked<ProofClaims> {
  const parsed = PROOF.safeParse(value);
  return parsed.success ? held(parsed.data) : failed('claims');
}

/** Is it for us? */
export const isFor = (aud: string | readonly string[], audiences: readonly string[]): boolean =>
  (typeof aud === 'string' ? [aud] : aud).some((one) => audiences.includes(one));

/** Is now within its life, give or take what clocks differ? */
export function checkTimes(
  { exp, iat, nbf }: Pick<TokenClaims, 'exp' | 'iat' | 'nbf'>,
  nowMs: number,
  lifeMaxS?: number,
): Checked<true> {
  const nowS = nowMs / 1_000;
  if (lifeMaxS !== undefined && exp - (iat ?? exp) > lifeMaxS) return failed('lifetime');
  if (exp <= nowS - IDENTITY_SKEW_S) return failed('expired');
  if (Math.max(iat ?? 0, nbf ?? 0) > nowS + IDENTITY_SKEW_S) return failed('not-yet-valid');
  return held(true);
}
