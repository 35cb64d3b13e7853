import type { Closure } from './value.ts';

const REDACTS =
  /redact|saniti[sz]e|scrub|\bmask|mask(?:ed|ing)?$|Mask|anonymi[sz]e|pseudonym|hmac|fingerprint|allow(?:list|ed)|whitelist|safe(?:Attributes|Attrs|Args)|^pick$|pickSafe|onlyAllowed/i;
/** What a function does that takes content away. */
const TAKES_AWAY =
  /\.replace(?:All)?\(|createHmac|\.has\(|\.includes\(|\bpick\(|REDACTED|\*\*\*|\[redacted\]|delete |typeof|\.length|Object\.keys/i;

/**
 * A function that takes the content out of what it is given: one of another package is taken at its
 * name, one of this package must also do something of the kind.
 */
export function isRedacting(closure: Pick<Closure, 'name'> & Partial<Closure>): boolean {
  if (!REDACTS.test(closure.name)) return false;
  const { node, module } = closure;
  if (node === undefined || module === undefined) return true;
  return TAKES_AWAY.test(module.source.slice(node.start ?? 0, node.end ?? 0));
}
