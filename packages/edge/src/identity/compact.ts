import { isObject, type JsonObject, LIMITS, parseStrictJson } from '@spoor/core';
import { type CryptoKey, compactVerify, errors } from 'jose';
import type { TokenAlgorithm } from '../token.ts';
import { type Checked, failed, held } from './failure.ts';

/** A JWS in compact form, read and not yet believed. */
interface Jws {
  readonly text: string;
  readonly algorithm: TokenAlgorithm;
  readonly type: string | undefined;
  readonly kid: string | undefined;
  /** Base64url. */
  readonly payload: string;
}

/** With an object of claims in it. */
export interface Unverified extends Jws {
  readonly claims: JsonObject;
}

const PARTS = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
const KID_CHARS_MAX = 256;
/** Claims of claims (`act`, `tctx`), and room. */
const CLAIMS_DEPTH_MAX = 8;

/**
 * Reads one way what another reader might read otherwise: one form of base64url, no key twice, no
 * header that must be understood. Keys and addresses of keys in the header are not even looked at.
 *
 * @param algorithms Undefined where it is not known yet whose it is.
 */
export function readJws(
  text: string,
  algorithms: readonly TokenAlgorithm[] | undefined,
): Checked<Jws> {
  if (text.length > LIMITS.tokenCharsMax) return failed('too-large');
  const [, head = '', payload = '', signature = ''] = PARTS.exec(text) ?? [];
  if (signature === '' || ![head, payload, signature].every(isCanonical))
    return failed('malformed');
  const header = objectOf(head);
  if (header === undefined) return failed('malformed');
  const { alg, typ, kid } = header;
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64'))
    return failed('critical-header');
  if (!isOptionalText(typ) || !isOptionalText(kid)) return failed('malformed');
  const algorithm = algorithms?.find((one) => one === alg) ?? (alg as TokenAlgorithm);
  if (algorithms?.includes(algorithm) === false) return failed('algorithm');
  return held({ text, algorithm, type: typeOf(typ), kid, payload });
}

/** Likewise, with claims. */
export function readCompact(
  text: string,
  algorithms: readonly TokenAlgorithm[] | undefined,
): Checked<Unverified> {
  const jws = readJws(text, algorithms);
  if (!jws.ok) return jws;
  const claims = objectOf(jws.value.payload);
  return claims === undefined ? failed('malformed') : held({ ...jws.value, claims });
}

/** RFC 7515 §4.1.9: the prefix may be left out, and case does not matter. */
const typeOf = (typ: string | undefined): string | undefined =>
  typ?.toLowerCase().replace(/^application\//, '');

const isOptionalText = (value: unknown): value is string | undefined =>
  value === undefined || (typeof value === 'string' && value.length <= KID_CHARS_MAX);

/** Bits that no byte takes are zero: else several texts would stand for one signature. */
const isCanonical = (part: string): boolean =>
  Buffer.from(part, 'base64url').toString('base64url') === part;

function objectOf(part: string): JsonObject | undefined {
  const json = parseStrictJson(Buffer.from(part, 'base64url'), CLAIMS_DEPTH_MAX);
  return json.ok && isObject(json.value) ? json.value : undefined;
}

/** Is it signed with this key, by the algorithm that was read and no other? */
export async function checkSignature(
  { text, algorithm }: Jws,
  key: CryptoKey,
): Promise<Checked<true>> {
  try {
    await compactVerify(text, key, { algorithms: [algorithm] });
    return held(true);
  } catch (error) {
    if (error instanceof errors.JOSEAlgNotAllowed) return failed('algorithm');
    return failed('signature');
  }
}
