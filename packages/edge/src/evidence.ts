import { createHash } from 'node:crypto';
import {
  digestText,
  type IdentityCall,
  type IdentityEvidence,
  identityCallOf,
  identityTextOf,
  LIMITS,
  type Request,
} from '@spoor/core';

/**
 * What a request brings of who asks, for the hub: taken out unread, since only the hub's verifier
 * says what it is worth. Undefined where there is nothing.
 *
 * @param bearer Token that came beside the request and was meant for the sensor itself.
 */
export function evidenceOf(request: Request, bearer?: string): IdentityEvidence | undefined {
  const meta = identityTextOf(request.params);
  if (meta === undefined) return bearer === undefined ? undefined : { bearer };
  const call = callOf(request);
  return {
    meta,
    ...(bearer === undefined ? {} : { bearer }),
    ...(call === undefined ? {} : { call }),
  };
}

/** What a proof has to match; undefined where no proof can speak of such a request. */
export function callOf(request: Request): IdentityCall | undefined {
  const call = identityCallOf(request);
  if (!isBounded(call)) return undefined;
  try {
    const dig = createHash('sha256').update(digestText(request.params)).digest('base64url');
    return { ...call, dig };
  } catch {
    // Parameters without a canonical form.
    return undefined;
  }
}

/** The hub takes no longer ones. */
function isBounded({ mth, nm = '', rid, tp = '' }: Omit<IdentityCall, 'dig'>): boolean {
  const id = typeof rid === 'number' ? Number.isSafeInteger(rid) : rid.length <= NAME_CHARS_MAX;
  const named = mth.length <= METHOD_CHARS_MAX && nm.length <= NAME_CHARS_MAX;
  return id && named && tp.length <= LIMITS.traceparentCharsMax;
}

const NAME_CHARS_MAX = LIMITS.identityNameCharsMax;
const METHOD_CHARS_MAX = 64;
