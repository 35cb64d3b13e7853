import {
  type CaseId,
  type Decision,
  type DecisionAction,
  effectiveMode,
  type Level,
  type Observation,
  type Policy,
} from '@spoor/core';
import type { Rule } from '../rules/types.ts';

/** The stricter comes first. */
const STRICTNESS: readonly DecisionAction[] = ['deny', 'defer', 'ask', 'modify', 'allow'];

/** What is to be done with a call that was asked for, given the rules that it would complete. */
export function decide(
  observation: Observation,
  fired: readonly Rule[],
  policy: Policy,
  newCase: () => CaseId,
  allowOnce: boolean,
): Decision {
  const server = observation.server.name;
  const pending = observation.outcome === 'pending';
  const ranked = fired
    .map((rule) => judge(rule, server, policy))
    .filter(({ wanted }) => pending && wanted !== 'allow')
    .sort(
      (a, b) =>
        rank(a.action) - rank(b.action) || rank(a.wanted) - rank(b.wanted) || b.weight - a.weight,
    );
  const [strictest] = ranked;
  if (!strictest) {
    const mode = effectiveMode(policy, '', server);
    return { action: 'allow', wanted: 'allow', rule: '', reason: 'default', mode, by: 'hub' };
  }
  const { weight: _, ...judged } = strictest;
  const decision: Decision = { ...judged, reason: 'rule', case: newCase(), by: 'hub' };
  return allowOnce ? { ...decision, action: 'allow', reason: 'allowed-once' } : decision;
}

type Judged = Pick<Decision, 'action' | 'wanted' | 'rule' | 'mode'> & {
  /** Of rules that want the same, the gravest is named. */
  readonly weight: number;
};

const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];

function judge(rule: Rule, server: string, policy: Policy): Judged {
  const wanted = rule.response === 'alert' ? 'allow' : rule.response;
  const mode = effectiveMode(policy, rule.ref.id, server);
  const weight = LEVELS.indexOf(rule.ref.level);
  return { action: mode === 'enforce' ? wanted : 'allow', wanted, rule: rule.ref.id, mode, weight };
}

const rank = (action: DecisionAction): number => STRICTNESS.indexOf(action);
