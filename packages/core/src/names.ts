import { LIMITS } from './limits.ts';

/**
 * A name that a peer chose (server, tool, prompt, method) may carry anything, also what somebody
 * typed. Only plain names travel as they are: on spans and in the ledger the rest is a digest.
 */
const SAFE_NAME = /^[A-Za-z0-9_.:/@-]+$/;

export const isSafeName = (name: string): boolean =>
  name.length <= LIMITS.nameCharsMax && SAFE_NAME.test(name);

/**
 * The name itself where it is plain, else `~` and its digest. No plain name has a tilde, so no peer
 * can choose a name that looks like a digest.
 *
 * @param digest Keyed, hexadecimal; called only for names that are not plain.
 */
export function safeName(name: string, digest: (name: string) => string): string {
  return isSafeName(name) ? name : `~${digest(name)}`;
}
