import { type ClaimedSubject, isObject, LIMITS, parseStrictJson } from '@spoor/core';

const CLAIMS_DEPTH_MAX = 8;
const ISSUER_CHARS_MAX = 512;
const SUBJECT_CHARS_MAX = 256;

/**
 * Whom a token names that is between a client and its server. Nobody checks it, so it is worth no
 * more than a claim; undefined where the token is no JWT, and says nothing here.
 */
export function claimedBy(authorization: string | undefined): ClaimedSubject | undefined {
  if (authorization === undefined || authorization.length > LIMITS.tokenCharsMax) return undefined;
  const [, payload] =
    /^bearer [A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*$/i.exec(authorization) ?? [];
  if (payload === undefined) return undefined;
  const json = parseStrictJson(Buffer.from(payload, 'base64url'), CLAIMS_DEPTH_MAX);
  if (!json.ok || !isObject(json.value)) return undefined;
  const { iss, sub } = json.value;
  if (!isName(iss, ISSUER_CHARS_MAX) || !isName(sub, SUBJECT_CHARS_MAX)) return undefined;
  return { issuer: iss, subject: sub };
}

const isName = (value: unknown, charsMax: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= charsMax;
