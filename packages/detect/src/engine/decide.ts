import {
  type CaseId,
  type Decision,
  type DecisionAction,
  effectiveMode,
  type Level,
  type Observation,
  type Policy,
  stopped as stoppedBy,
} from '@spoor/core';
import type { Rule } from '../rules/types.ts';

/** The stricter comes first. */
const STRICTNESS: readonly DecisionAction[] = ['deny', 'defer', 'ask', 'modify', 'allow'];

/** What is to be done with a call that was asked for, given the rules that it would complete. */
export function decide(
  observation: Observation,
  fired: readonly Fired[],
  policy: Policy,
  newCase: () => CaseId,
  { allowOnce, approved, stop }: Consent,
): Decision {
  const server = observation.server.name;
  const pending = observation.outcome === 'pending';
  if (stop !== undefined && pending) return stoppedBy(stop, 'hub');
  const ranked = fired
    .map(({ rule, exception }) => judge(rule, server, policy, exception))
    .filter(({ wanted }) => pending && wanted !== 'allow')
    .sort(
      (a, b) =>
        rank(a.action) - rank(b.action) ||
        Number(a.exception !== undefined) - Number(b.exception !== undefined) ||
        rank(a.wanted) - rank(b.wanted) ||
        b.weight - a.weight,
    );
  const [strictest] = ranked;
  if (!strictest) {
    const mode = effectiveMode(policy, '', server);
    return { action: 'allow', wanted: 'allow', rule: '', reason: 'default', mode, by: 'hub' };
  }
  const { weight: _, ...judged } = strictest;
  const reason = judged.exception === undefined ? 'rule' : 'exception';
  const decision: Decision = { ...judged, reason, case: newCase(), by: 'hub' };
  if (allowOnce === true) return { ...decision, action: 'allow', reason: 'allowed-once' };
  // What was answered is a question: a rule that denies by now is not.
  if (approved === true && decision.action === 'ask')
    return { ...decision, action: 'allow', reason: 'approved' };
  return decision;
}

/** What a person has said of this very call. */
export interface Consent {
  /** It goes on whatever rules want. */
  readonly allowOnce?: boolean;
  /** It goes on where rules ask. */
  readonly approved?: boolean;
  /** Case of what stops it: it is denied whatever else anybody has said. */
  readonly stop?: CaseId | undefined;
}

/** A rule that matched, and what of the owner's lets that pass. */
export interface Fired {
  readonly rule: Rule;
  readonly exception: string | undefined;
}

type Judged = Pick<Decision, 'action' | 'wanted' | 'rule' | 'mode' | 'exception'> & {
  /** Of rules that want the same, the gravest is named. */
  readonly weight: number;
};

const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];

function judge(rule: Rule, server: string, policy: Policy, exception: string | undefined): Judged {
  const wanted = wantedOf(rule, policy);
  const mode = effectiveMode(policy, rule.ref.id, server);
  const weight = LEVELS.indexOf(rule.ref.level);
  const action = mode === 'enforce' && exception === undefined ? wanted : 'allow';
  const excepted = exception === undefined ? {} : { exception };
  return { action, wanted, rule: rule.ref.id, mode, weight, ...excepted };
}

function wantedOf({ response, ref }: Rule, policy: Policy): DecisionAction {
  if (response === 'deny' && policy.ask?.includes(ref.id) === true) return 'ask';
  return response === 'alert' ? 'allow' : response;
}

const rank = (action: DecisionAction): number => STRICTNESS.indexOf(action);
