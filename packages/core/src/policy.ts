import type { Mode } from './observation.ts';

/** Where denials are real. The narrowest setting wins: server before rule before `mode`. */
export interface Policy {
  readonly mode: Mode;
  /** By rule id. */
  readonly rules: Readonly<Record<string, Mode>>;
  /** By server name. */
  readonly servers: Readonly<Record<string, Mode>>;
  /** Ids of rules whose denial is a question to a person instead. */
  readonly ask?: readonly string[];
}

/** What holds until an owner says otherwise: nothing is denied. */
export const OBSERVE: Policy = { mode: 'observe', rules: {}, servers: {} };

/** The mode in which a rule acts on a call to a server. */
export function effectiveMode(policy: Policy, rule: string, server: string): Mode {
  return own(policy.servers, server) ?? own(policy.rules, rule) ?? policy.mode;
}

/** Names come from outside, so `constructor` must not find anything. */
function own(modes: Readonly<Record<string, Mode>>, name: string): Mode | undefined {
  return Object.hasOwn(modes, name) ? modes[name] : undefined;
}
