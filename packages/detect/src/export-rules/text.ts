import type { AttributeTest, Query } from './query.ts';

/** How a backend writes a condition. */
export interface Dialect {
  readonly and: (items: readonly string[]) => string;
  readonly or: (items: readonly string[]) => string;
  readonly not: (item: string) => string;
  readonly exists: (attribute: string) => string;
  readonly compare: (attribute: string, operator: string, value: number) => string;
  readonly equals: (attribute: string, value: string | number | boolean) => string;
  /** Anywhere in the value, not to the case. */
  readonly matches: (attribute: string, pattern: string) => string;
}

export function write(query: Query, dialect: Dialect): string {
  if (query.op === 'not') return dialect.not(write(query.item, dialect));
  if (query.op === 'test') return writeTest(query, dialect);
  const items = query.items.map((item) => write(item, dialect));
  return dialect[query.op](items);
}

const OPERATORS: Readonly<Record<string, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

function writeTest({ attribute, modifiers, values }: AttributeTest, dialect: Dialect): string {
  const operator = modifiers.map((name) => OPERATORS[name]).find((one) => one !== undefined);
  const [first = ''] = values;
  if (operator !== undefined) return dialect.compare(attribute, operator, Number(first));
  if (modifiers.includes('exists')) {
    const exists = dialect.exists(attribute);
    return first === true ? exists : dialect.not(exists);
  }
  const parts = values.map((value) => writeValue(attribute, modifiers, value ?? '', dialect));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return modifiers.includes('all') ? dialect.and(parts) : dialect.or(parts);
}

function writeValue(
  attribute: string,
  modifiers: AttributeTest['modifiers'],
  value: string | number | boolean,
  dialect: Dialect,
): string {
  const open = modifiers.includes('contains');
  const plain = !/[*?\\]/.test(String(value));
  if (modifiers.length === 0 && plain) return dialect.equals(attribute, value);
  if (modifiers.includes('re')) return dialect.matches(attribute, String(value));
  const head = open || modifiers.includes('endswith') ? '' : '^';
  const tail = open || modifiers.includes('startswith') ? '' : '$';
  return dialect.matches(attribute, `${head}${globbed(String(value))}${tail}`);
}

/** Sigma's wildcards as a regular expression. */
const globbed = (text: string): string =>
  text.replaceAll(/\\([*?\\])|([*?])|([^*?\\]+)|\\/g, (whole, escaped, wild, plain) => {
    if (wild !== undefined) return wild === '*' ? '.*' : '.';
    return quoted(plain ?? escaped ?? whole);
  });

const quoted = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
