import type { RuleSet } from '../rules/types.ts';
import { planForHoneycomb, toHoneycomb } from './honeycomb.ts';
import { planOf, type RulePlan } from './plan.ts';
import { toSigma } from './sigma.ts';
import { planForTempo, TEMPO_NEEDS, toTempo } from './tempo.ts';

/** Rules as other backends take them, and what of each they cannot say. */
export interface ExportedRules {
  readonly text: string;
  readonly rules: readonly ExportedRule[];
}

export interface ExportedRule {
  readonly id: string;
  /** `own`: the backend decides by itself. `detected`: it repeats what the hub has found. */
  readonly form: 'own' | 'detected';
  /** Empty where it says all that the rule says. */
  readonly notes: readonly string[];
}

export const EXPORT_TARGETS = ['tempo', 'honeycomb', 'sigma'] as const;
export type ExportTarget = (typeof EXPORT_TARGETS)[number];

interface Backend {
  readonly plan: (plan: RulePlan) => RulePlan;
  readonly write: (plans: readonly RulePlan[]) => string;
  readonly comment: readonly string[];
}

const BACKENDS: Readonly<Record<ExportTarget, Backend>> = {
  tempo: { plan: planForTempo, write: toTempo, comment: [`Needs ${TEMPO_NEEDS}.`] },
  honeycomb: { plan: planForHoneycomb, write: toHoneycomb, comment: [] },
  sigma: { plan: (plan) => plan, write: toSigma, comment: [] },
};

export function exportRules(rules: RuleSet, to: ExportTarget): ExportedRules {
  const backend = BACKENDS[to];
  const plans = rules.rules.map((rule) => backend.plan(planOf(rule, rules)));
  const summary = plans.map(({ rule, form, notes }) => ({ id: rule.ref.id, form, notes }));
  // JSON has no comments; there the notes stand in each description.
  const comments = to === 'tempo' ? [...backend.comment, ...summary.map(describeExport)] : [];
  const head = comments.map((line) => `# ${line}\n`).join('');
  return { text: `${head}${backend.write(plans)}`, rules: summary };
}

/** One line for people. */
export function describeExport({ id, form, notes }: ExportedRule): string {
  const how = form === 'own' ? 'decided by the backend' : 'what the hub detected';
  return [`${id}: ${how}`, ...notes].join('; ');
}
