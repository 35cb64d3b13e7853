import type { Expression } from '../rules/expression.ts';
import type { FieldTest, Modifier, Scalar } from '../rules/field-test.ts';
import { ATTRIBUTE_OF, KINDS, reasonFor } from './attributes.ts';

/** A condition over the attributes of one span. */
export type Query =
  | { readonly op: 'and' | 'or'; readonly items: readonly Query[] }
  | { readonly op: 'not'; readonly item: Query }
  | ({ readonly op: 'test' } & AttributeTest);

/** As in Sigma: one of the values, or with `all` each of them. */
export interface AttributeTest {
  readonly attribute: string;
  readonly modifiers: readonly Modifier[];
  readonly values: readonly Scalar[];
}

/** What spans can say of an expression. Without a query they cannot say enough. */
export interface Translated {
  readonly query?: Query;
  /** What the query does not see, so that it matches less than the rule. */
  readonly lost: readonly string[];
}

/**
 * An alternative that spans cannot express is left out, which misses something; a condition that
 * must hold is not, since without it the query would match what the rule does not.
 */
export function translate(expression: Expression): Translated {
  switch (expression.op) {
    case 'test':
      return translateTest(expression.test);
    case 'content':
      return { lost: [lostField(expression.test.field.name)] };
    case 'edge':
      return { lost: expression.tests.map(({ field }) => lostField(field.name)) };
    case 'not': {
      const { query, lost } = translate(expression.item);
      return query === undefined || lost.length > 0
        ? { lost }
        : { query: { op: 'not', item: query }, lost };
    }
    default:
      return join(expression.op, expression.items.map(translate));
  }
}

function join(op: 'and' | 'or', parts: readonly Translated[]): Translated {
  const lost = [...new Set(parts.flatMap((part) => part.lost))];
  const items = parts.flatMap(({ query }) => (query === undefined ? [] : [query]));
  const enough = op === 'and' ? items.length === parts.length : items.length > 0;
  const [only] = items;
  if (!enough || only === undefined) return { lost };
  return { query: items.length === 1 ? only : { op, items: flat(op, items) }, lost };
}

const flat = (op: 'and' | 'or', items: readonly Query[]): readonly Query[] =>
  items.flatMap((item) => (item.op === op ? item.items : [item]));

const lostField = (field: string): string => `${field}: ${reasonFor(field)}`;

function translateTest({ field, modifiers, values, equals }: FieldTest): Translated {
  if (field.name === 'kind') return translateKind(equals ?? []);
  const attribute = ATTRIBUTE_OF[field.name];
  // An attribute that is absent and one that says `unknown` are the same here.
  const vague = field.name === 'intent.covers' && values.includes('unknown');
  if (attribute === undefined || vague || values.includes(null))
    return { lost: [lostField(field.name)] };
  const own = modifiers.find((name) => !SHARED.has(name));
  if (own !== undefined) return { lost: [`${field.name}: no backend has Sigma's “${own}”`] };
  return { query: { op: 'test', attribute, modifiers, values }, lost: [] };
}

/** Modifiers that all backends can express. */
const SHARED: ReadonlySet<Modifier> = new Set([
  'contains',
  'startswith',
  'endswith',
  'all',
  're',
  'cased',
  'exists',
  'lt',
  'lte',
  'gt',
  'gte',
]);

function translateKind(kinds: readonly string[]): Translated {
  const parts = kinds.map((kind): Translated => {
    const [attribute, value] = KINDS[kind] ?? [];
    if (attribute === undefined || value === undefined)
      return { lost: [`kind ${kind}: ${reasonFor('kind')}`] };
    return { query: { op: 'test', attribute, modifiers: [], values: [value] }, lost: [] };
  });
  return join('or', parts);
}
