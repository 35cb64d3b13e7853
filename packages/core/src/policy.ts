import { hasAny, isLabel, type Label, SENSITIVE_LABELS } from './labels.ts';
import type { Mode } from './observation.ts';

/**
 * Where denials are real. A rule in the shadow never denies; else the narrowest setting wins:
 * server before rule before `mode`.
 */
export interface Policy {
  readonly mode: Mode;
  /** By rule id. */
  readonly rules: Readonly<Record<string, Mode>>;
  /** By server name. */
  readonly servers: Readonly<Record<string, Mode>>;
  /** Ids of rules whose denial is a question to a person instead. */
  readonly ask?: readonly string[];
  /** Ids of rules that only show what they would do, whatever else is enforced. */
  readonly shadow?: readonly string[];
  /**
   * Does a call of a tool with that label go on where hub or ledger cannot be had? In `enforce`;
   * sensitive labels are closed where nothing is said of them.
   */
  readonly fail?: FailByLabel;
}

export type FailByLabel = Readonly<Partial<Record<Label, 'open' | 'closed'>>>;

/** What holds until an owner says otherwise: nothing is denied. */
export const OBSERVE: Policy = { mode: 'observe', rules: {}, servers: {} };

/** The mode in which a rule acts on a call to a server. */
export function effectiveMode(policy: Policy, rule: string, server: string): Mode {
  if (policy.shadow?.includes(rule) === true) return 'observe';
  return own(policy.servers, server) ?? own(policy.rules, rule) ?? policy.mode;
}

/** Names come from outside, so `constructor` must not find anything. */
function own(modes: Readonly<Record<string, Mode>>, name: string): Mode | undefined {
  return Object.hasOwn(modes, name) ? modes[name] : undefined;
}

/** Of several labels, the closed one decides. */
export function failsClosed(
  { fail = {} }: Pick<Policy, 'fail'>,
  labels: readonly Label[],
): boolean {
  const said = labels.filter((label) => Object.hasOwn(fail, label));
  if (said.some((label) => fail[label] === 'closed')) return true;
  return hasAny(
    labels.filter((label) => !said.includes(label)),
    SENSITIVE_LABELS,
  );
}

/** Reads `financial=closed,egress=open`. Undefined where a part is neither. */
export function parseFail(text: string): FailByLabel | undefined {
  const fail: Partial<Record<Label, 'open' | 'closed'>> = {};
  for (const part of text.split(',')) {
    const [label = '', how = ''] = part.split('=').map((word) => word.trim());
    if (!isLabel(label) || (how !== 'open' && how !== 'closed')) return undefined;
    fail[label] = how;
  }
  return fail;
}
