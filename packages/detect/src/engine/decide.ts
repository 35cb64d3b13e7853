import {
  type CaseId,
  type Decision,
  type DecisionAction,
  effectiveMode,
  LEVELS,
  type Mask,
  type Observation,
  type Policy,
  stopped as stoppedBy,
  unitedMask,
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
  if (!pending) return decideEnd(fired, server, policy, newCase);
  if (stop !== undefined) return stoppedBy(stop, 'hub');
  if (fired.length === 0) return noRule(policy, server);
  const ranked = fired
    .map(({ rule, exception }) => judge(rule, server, policy, exception))
    .filter(({ wanted }) => wanted !== 'allow')
    .sort(
      (a, b) =>
        rank(a.action) - rank(b.action) ||
        Number(a.exception !== undefined) - Number(b.exception !== undefined) ||
        rank(a.wanted) - rank(b.wanted) ||
        b.weight - a.weight,
    );
  const [strictest] = ranked;
  if (!strictest) return noRule(policy, server);
  const { weight: _, mask: __, ...judged } = strictest;
  const reason = judged.exception === undefined ? 'rule' : 'exception';
  const decision: Decision = { ...judged, reason, case: newCase(), by: 'hub' };
  if (allowOnce === true) return { ...decision, action: 'allow', reason: 'allowed-once' };
  // What was answered is a question: a rule that denies by now is not.
  const masks = ranked.flatMap(({ action, mask }) => (action === 'modify' && mask ? [mask] : []));
  const mask = unitedMask(masks);
  if (approved === true && decision.action === 'ask')
    return { ...decision, action: 'allow', reason: 'approved', ...masking(mask) };
  return decision.action === 'modify' ? { ...decision, ...masking(mask) } : decision;
}

const masking = (mask: Mask | undefined): Partial<Decision> =>
  mask === undefined ? {} : { action: 'modify', mask };

/** What has happened can only be kept from whoever asked for it. */
function decideEnd(
  fired: readonly Fired[],
  server: string,
  policy: Policy,
  newCase: () => CaseId,
): Decision {
  const judged = fired
    .map(({ rule, exception }) => judge(rule, server, policy, exception))
    .filter(({ wanted, mask }) => wanted === 'modify' && mask?.result !== undefined)
    .sort((a, b) => rank(a.action) - rank(b.action) || b.weight - a.weight);
  const [first] = judged;
  if (first === undefined) return noRule(policy, server);
  const masks = judged.flatMap(({ action, mask }) => (action === 'modify' && mask ? [mask] : []));
  const { weight: _, mask: __, ...decision } = first;
  const mask = unitedMask(masks);
  const reason = first.exception === undefined ? 'rule' : 'exception';
  return { ...decision, reason, case: newCase(), by: 'hub', ...masking(mask) };
}

const noRule = (policy: Policy, server: string): Decision => {
  const mode = effectiveMode(policy, '', server);
  return { action: 'allow', wanted: 'allow', rule: '', reason: 'default', mode, by: 'hub' };
};

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
  readonly mask: Mask | undefined;
};

function judge(rule: Rule, server: string, policy: Policy, exception: string | undefined): Judged {
  const wanted = wantedOf(rule, policy);
  const mode = effectiveMode(policy, rule.ref.id, server);
  const weight = LEVELS.indexOf(rule.ref.level);
  const action = mode === 'enforce' && exception === undefined ? wanted : 'allow';
  const excepted = exception === undefined ? {} : { exception };
  const { mask } = rule;
  return { action, wanted, rule: rule.ref.id, mode, weight, mask, ...excepted };
}

function wantedOf({ response, ref }: Rule, policy: Policy): DecisionAction {
  if (response === 'deny' && policy.ask?.includes(ref.id) === true) return 'ask';
  return response === 'alert' ? 'allow' : response;
}

const rank = (action: DecisionAction): number => STRICTNESS.indexOf(action);
