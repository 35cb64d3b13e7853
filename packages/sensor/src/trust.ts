import {
  type BaggageRule,
  CodedError,
  type ContextPolicy,
  DROP_ALL,
  parseBaggageRules,
  type TrustPolicy,
} from '@spoor/core';
import type { Trust } from './boundary.ts';

/** One word for both directions; nobody's flag is a hint, and nobody gets baggage of ours. */
const policy = (
  context: ContextPolicy,
  baggage: readonly BaggageRule[],
  identity = false,
): TrustPolicy => ({
  receive: { context, sampledHint: false, baggage },
  send: { context, baggage, ownBaggage: false, identity },
});

/**
 * Of a wrapper. The client has started us, so it could choose our settings as well as its trace
 * ids; the server may be anybody's program.
 */
export const STDIO_TRUST: Trust = {
  client: policy('continue', DROP_ALL),
  server: policy('restart-link', DROP_ALL),
};

/** A gateway's client has not started it, and may be anybody's too. */
export const GATEWAY_CLIENT: ContextPolicy = 'restart-link';

/** From settings. Throws CONFIG_BAD_VALUE where the baggage rules are none. */
export function stdioTrust(settings: {
  readonly client: ContextPolicy;
  readonly server: ContextPolicy;
  readonly baggage: string | undefined;
  /** Does the server get the proofs of who calls? */
  readonly identity?: boolean;
}): Trust {
  const rules = parseBaggageRules(settings.baggage ?? '');
  if (rules === undefined) {
    throw new CodedError('CONFIG_BAD_VALUE', 'trust.baggage: expected keep NAME, drop NAME*, …');
  }
  return {
    client: policy(settings.client, rules),
    server: policy(settings.server, rules, settings.identity),
  };
}
