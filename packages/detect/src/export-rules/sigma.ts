import { Document } from 'yaml';
import type { OwnPlan, PlanStep, RulePlan } from './plan.ts';
import type { Query } from './query.ts';

/** Spans as a log source. */
const LOGSOURCE = { product: 'opentelemetry', service: 'spoor' };

/** Plain Sigma 2.1, with span attributes as fields: one document for each step and each rule. */
export function toSigma(plans: readonly RulePlan[]): string {
  // Rules may share a step.
  const documents = new Map(plans.flatMap(documentsOf).map((one) => [one.get('id'), one]));
  return [...documents.values()].map((one) => one.toString({ lineWidth: 0 })).join('---\n');
}

/** Readers of YAML 1.1 take a plain `yes` for true. */
const YAML = { version: '1.1', aliasDuplicateObjects: false } as const;

function documentsOf(plan: RulePlan): readonly Document[] {
  const correlation = plan.form === 'own' ? plan.correlation : undefined;
  const [first] = plan.steps;
  if (first === undefined) return [];
  if (correlation === undefined)
    return [commented(plan, { ...head(plan), ...body(first.query), ...tail(plan) })];
  const rule = {
    ...head(plan),
    correlation: correlationOf(plan.steps, correlation),
    ...tail(plan),
  };
  return [...plan.steps.map(stepDocument), commented(plan, rule)];
}

function commented(plan: RulePlan, content: object): Document {
  const document = new Document(content, YAML);
  const how = plan.form === 'own' ? 'Decided by the backend.' : 'What the hub detected.';
  const others = plan.rule.ref.tags.filter((tag) => !isSigmaTag(tag));
  const tags = others.length === 0 ? [] : [`Also tagged ${others.join(', ')}`];
  document.commentBefore = [how, ...plan.notes, ...tags].map((line) => ` ${line}`).join('\n');
  return document;
}

const NAMESPACES: readonly string[] = ['attack', 'car', 'cve', 'd3fend', 'detection', 'stp', 'tlp'];

/** Source: Sigma specification, appendix on tags. */
const isSigmaTag = (tag: string): boolean => NAMESPACES.includes(tag.split('.')[0] ?? '');

const stepDocument = ({ name, uuid, title, query }: PlanStep): Document =>
  new Document(
    { title, id: uuid, name, status: 'stable', ...body(query), level: 'informational' },
    YAML,
  );

const head = ({ rule }: RulePlan): object => ({
  title: rule.ref.title,
  id: rule.uuid,
  name: rule.ref.id,
  status: rule.status,
  description: rule.ref.description,
  ...(rule.references.length === 0 ? {} : { references: rule.references }),
  author: 'Spoor',
  tags: rule.ref.tags.filter(isSigmaTag),
});

const tail = ({ rule }: RulePlan): object => ({
  falsepositives: rule.ref.falsePositives,
  level: rule.ref.level,
});

const UNITS: readonly (readonly [number, string])[] = [
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
];

function timespan(ms: number): string {
  const [unit = 1_000, letter = 's'] = UNITS.find(([each]) => ms % each === 0) ?? [];
  return `${ms / unit}${letter}`;
}

const correlationOf = (
  steps: readonly PlanStep[],
  { type, groupBy, spanMs, atLeast, counted }: NonNullable<OwnPlan['correlation']>,
): object => ({
  type,
  rules: steps.map(({ name }) => name),
  'group-by': groupBy,
  timespan: timespan(spanMs),
  ...(type === 'event_count' ? { condition: { gte: atLeast } } : {}),
  ...(type === 'value_count' ? { condition: { field: counted, gte: atLeast } } : {}),
});

function body(query: Query): object {
  const selections: Record<string, object> = {};
  const condition = conditionOf(query, selections);
  return { logsource: LOGSOURCE, detection: { ...selections, condition } };
}

/** Each test is a selection of its own; the condition joins them. */
function conditionOf(query: Query, selections: Record<string, object>): string {
  if (query.op === 'not') return `not ${nested(query.item, selections)}`;
  if (query.op !== 'test')
    return query.items.map((item) => nested(item, selections)).join(` ${query.op} `);
  const { attribute, modifiers, values } = query;
  const name = `selection_${Object.keys(selections).length + 1}`;
  const key = [attribute, ...modifiers].join('|');
  selections[name] = { [key]: values.length === 1 ? values[0] : values };
  return name;
}

function nested(query: Query, selections: Record<string, object>): string {
  const text = conditionOf(query, selections);
  return query.op === 'and' || query.op === 'or' ? `(${text})` : text;
}
