import { LISTS } from './attributes.ts';
import { detectedPlan, type RulePlan } from './plan.ts';
import { type Dialect, write } from './text.ts';

const FUNCTIONS: Readonly<Record<string, string>> = {
  '<': 'LT',
  '<=': 'LTE',
  '>': 'GT',
  '>=': 'GTE',
};

const column = (attribute: string): string => `$"${attribute}"`;

/** Expressions of calculated fields. Lists arrive as JSON text. */
const EXPRESSION: Dialect = {
  and: (items) => `AND(${items.join(', ')})`,
  or: (items) => `OR(${items.join(', ')})`,
  not: (item) => `NOT(${item})`,
  exists: (attribute) => `EXISTS(${column(attribute)})`,
  compare: (attribute, operator, value) =>
    `${FUNCTIONS[operator] ?? 'EQUALS'}(${column(attribute)}, ${value})`,
  equals: (attribute, value) =>
    LISTS.has(attribute)
      ? `CONTAINS(${column(attribute)}, \`"${value}"\`)`
      : `EQUALS(${column(attribute)}, ${JSON.stringify(value)})`,
  matches: (attribute, pattern) => `REG_MATCH(${column(attribute)}, \`(?i)${pattern}\`)`,
};

const FREQUENCY_S = 60;
/** A trigger looks back at most four times as far as it runs often. */
const LOOKS_BACK = 4;
const NAME_CHARS_MAX = 120;
const DESCRIPTION_CHARS_MAX = 1_023;

/** What a trigger can say of it. */
export function planForHoneycomb(plan: RulePlan): RulePlan {
  if (plan.form === 'detected' || plan.correlation === undefined) return plan;
  const { type } = plan.correlation;
  if (type === 'event_count' || type === 'value_count') return plan;
  return detectedPlan(plan.rule, ['a trigger sees no order and no chain of spans']);
}

/** Bodies for `POST /1/triggers/{dataset}`, one for each rule. */
export const toHoneycomb = (plans: readonly RulePlan[]): string =>
  `${JSON.stringify(plans.map(triggerOf), null, 2)}\n`;

function triggerOf(plan: RulePlan): object {
  const { ref } = plan.rule;
  const [step] = plan.steps;
  const expression = step === undefined ? 'false' : write(step.query, EXPRESSION);
  const correlation = plan.form === 'own' ? plan.correlation : undefined;
  const timeRange = Math.max((correlation?.spanMs ?? 0) / 1_000, FREQUENCY_S);
  const frequency = Math.ceil(timeRange / LOOKS_BACK / FREQUENCY_S) * FREQUENCY_S;
  const counted = correlation?.counted;
  const field = `spoor.${ref.id}.${hash(expression)}`;
  const notes = plan.notes.length === 0 ? '' : ` Limits: ${plan.notes.join('; ')}.`;
  return {
    name: `Spoor: ${ref.title}`.slice(0, NAME_CHARS_MAX),
    description: `${ref.advice}${notes}`.slice(0, DESCRIPTION_CHARS_MAX),
    disabled: false,
    frequency,
    alert_type: 'on_change',
    threshold: { op: '>=', value: correlation?.atLeast ?? 1 },
    query: {
      time_range: timeRange,
      calculated_fields: [{ name: field, expression }],
      filters: [{ column: field, op: '=', value: true }],
      filter_combination: 'AND',
      calculations: [
        counted === undefined ? { op: 'COUNT' } : { op: 'COUNT_DISTINCT', column: counted },
      ],
      breakdowns: correlation?.groupBy ?? ['spoor.session.id'],
    },
  };
}

/** A field that means something else has another name (FNV-1a). */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}
