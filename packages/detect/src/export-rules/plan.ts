import type { Predicate, Rule, RuleSet } from '../rules/types.ts';
import { ATTRIBUTE_OF, DETECTED, reasonFor } from './attributes.ts';
import { type Query, translate } from './query.ts';

/**
 * How a rule can stand in another backend. `own`: the backend decides by itself. `detected`: it
 * repeats what the hub has found, since spans do not hold what the rule looks at.
 */
export type RulePlan = OwnPlan | DetectedPlan;

interface DetectedPlan {
  readonly form: 'detected';
  readonly rule: Rule;
  readonly steps: readonly [PlanStep];
  readonly notes: readonly string[];
}

export interface OwnPlan {
  readonly form: 'own';
  readonly rule: Rule;
  /** One for each detection document, in their order. */
  readonly steps: readonly PlanStep[];
  readonly correlation?: PlanCorrelation;
  /** What it misses, or matches beyond the rule. */
  readonly notes: readonly string[];
}

export interface PlanStep {
  readonly name: string;
  readonly uuid: string;
  readonly title: string;
  readonly query: Query;
}

export interface PlanCorrelation {
  readonly type: 'event_count' | 'value_count' | 'temporal' | 'temporal_ordered';
  /** Attributes. */
  readonly groupBy: readonly string[];
  readonly spanMs: number;
  readonly atLeast: number;
  /** Attribute whose values are counted. */
  readonly counted?: string;
}

/** What spans can express of a rule, before any backend has its say. */
export function planOf(rule: Rule, { predicates }: RuleSet): RulePlan {
  const { body } = rule;
  const indexes = body.type === 'single' ? [body.predicate] : body.predicates;
  const parts = indexes.flatMap((index) => predicates[index] ?? []).map(stepOf);
  const lost = [...new Set(parts.flatMap((part) => part.lost))];
  const steps = parts.flatMap(({ step }) => (step === undefined ? [] : [step]));
  if (steps.length < parts.length) return detectedPlan(rule, lost);
  if (body.type === 'single')
    return { form: 'own', rule, steps, notes: gathered(lost).map(missed) };
  const { group, spanMs, type } = body;
  const atLeast = atLeastOf(body);
  if (atLeast === undefined || !isShared(type))
    return detectedPlan(rule, ['its condition: backends ask how many there are at least']);
  const valueField = 'valueField' in body ? body.valueField : undefined;
  const groups = group.map(({ name, isAlias }) => (isAlias ? undefined : ATTRIBUTE_OF[name]));
  const counted = valueField === undefined ? undefined : ATTRIBUTE_OF[valueField];
  const unknown = group.filter((_, n) => groups[n] === undefined).map(({ name }) => name);
  if (valueField !== undefined && counted === undefined) unknown.push(valueField);
  if (unknown.length > 0)
    return detectedPlan(
      rule,
      unknown.map((name) => `${name}: ${reasonFor(name)}`),
    );
  const correlation = {
    type,
    groupBy: groups.filter((name) => name !== undefined),
    spanMs,
    atLeast,
    ...(counted === undefined ? {} : { counted }),
  };
  return { form: 'own', rule, steps, correlation, notes: gathered(lost).map(missed) };
}

type Body = Exclude<Rule['body'], { type: 'single' }>;

/** How many matches it takes; undefined where that does not say it all. */
function atLeastOf(body: Body): number | undefined {
  if ('keep' in body) return body.rises && body.measure === 'count' ? body.keep : undefined;
  const [only, another] = body.alternatives;
  const all = only && !another && only.never.length === 0;
  return all && only.steps.length === body.predicates.length ? only.steps.length : undefined;
}

const isShared = (type: Body['type']): type is PlanCorrelation['type'] =>
  SHARED_TYPES.some((one) => one === type);

const SHARED_TYPES: readonly PlanCorrelation['type'][] = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
];

/** Fields with the same reason share a line. */
function gathered(lost: readonly string[]): readonly string[] {
  const fields = Map.groupBy(lost, (line) => line.split(': ').slice(1).join(': '));
  return [...fields].map(([reason, lines]) => {
    const names = lines.map((line) => line.split(': ')[0]).join(', ');
    return reason === '' ? names : `${names}: ${reason}`;
  });
}

const missed = (what: string): string => `misses what only this would show: ${what}`;

function stepOf({ name, uuid, step, expression }: Predicate): {
  readonly step?: PlanStep;
  readonly lost: readonly string[];
} {
  const { query, lost } = translate(expression);
  return { ...(query === undefined ? {} : { step: { name, uuid, title: step, query } }), lost };
}

/** Spans say which rules the hub found to match, so any backend can repeat it. */
export function detectedPlan(rule: Rule, reasons: readonly string[]): DetectedPlan {
  const query: Query = { op: 'test', attribute: DETECTED, modifiers: [], values: [rule.ref.id] };
  const { ref, uuid } = rule;
  return {
    form: 'detected',
    rule,
    steps: [{ name: ref.id, uuid, title: ref.title, query }],
    notes: [
      'needs a hub, whose own detection it repeats',
      ...gathered(reasons).map((reason) => `cannot be expressed: ${reason}`),
    ],
  };
}
