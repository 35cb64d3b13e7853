import { type CryptoKey, importJWK, type JWK } from 'jose';
import type { TokenAlgorithm } from '../token.ts';
import type { Unverified } from './compact.ts';
import { type Checked, failed, held } from './failure.ts';

/** The one key of a set that this JWS can be signed with; a guess among several is none. */
export function selectKey(
  keys: readonly JWK[],
  { kid, algorithm }: Pick<Unverified, 'kid' | 'algorithm'>,
): Checked<JWK> {
  const fitting = keys.filter(
    (key) => (kid === undefined || key.kid === kid) && isForAlgorithm(key, algorithm),
  );
  const [only] = fitting;
  return only !== undefined && fitting.length === 1 ? held(only) : failed('unknown-key');
}

/** May this key check that algorithm? Symmetric and private keys never may. */
export function isForAlgorithm(key: JWK, algorithm: TokenAlgorithm): boolean {
  const { kty, crv } = KINDS[algorithm];
  if (key.kty !== kty || (crv !== undefined && key.crv !== crv) || key.d !== undefined)
    return false;
  if (key.use !== undefined && key.use !== 'sig') return false;
  if (key.key_ops !== undefined && !key.key_ops.includes('verify')) return false;
  return key.alg === undefined || plainName(key.alg) === plainName(algorithm);
}

/** RFC 9864: the older name of the same algorithm. */
const plainName = (algorithm: string): string => (algorithm === 'EdDSA' ? 'Ed25519' : algorithm);

const RSA = { kty: 'RSA', crv: undefined };
const KINDS: Readonly<
  Record<TokenAlgorithm, { readonly kty: string; readonly crv: string | undefined }>
> = {
  RS256: RSA,
  RS384: RSA,
  RS512: RSA,
  PS256: RSA,
  PS384: RSA,
  PS512: RSA,
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
};

/** Imported keys, by the set that they stand in and the algorithm that they are for. */
const imported = new WeakMap<JWK, Map<TokenAlgorithm, CryptoKey>>();

export async function importKey(jwk: JWK, algorithm: TokenAlgorithm): Promise<Checked<CryptoKey>> {
  const known = imported.get(jwk)?.get(algorithm);
  if (known !== undefined) return held(known);
  try {
    const key = (await importJWK(publicPart(jwk), algorithm)) as CryptoKey;
    const of = imported.get(jwk) ?? new Map<TokenAlgorithm, CryptoKey>();
    imported.set(jwk, of.set(algorithm, key));
    return held(key);
  } catch {
    return failed('unknown-key');
  }
}

/** Members of a key that are public, and nothing else: what is kept and shown of it. */
export function publicPart({ kty, crv, x, y, n, e, kid, alg, use }: JWK): JWK {
  const part = { kty, crv, x, y, n, e, kid, alg, use };
  return Object.fromEntries(
    Object.entries(part).filter(([, value]) => typeof value === 'string'),
  ) as JWK;
}
