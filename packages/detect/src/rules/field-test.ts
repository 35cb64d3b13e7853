import type { FlowEdge, Observation } from '@spoor/core';
import { nearest } from '@spoor/core';
import { RE2JS } from 're2js';
import { isScalar, isSeq } from 'yaml';
import type { Field, FieldValue } from '../schema.ts';
import { RuleFault } from './document.ts';

/** One `field|modifiers: values` of a selection. */
export interface FieldTest<Source = Observation> {
  /** Equal tests of different rules share it. */
  readonly index: number;
  readonly field: Field<Source>;
  readonly matches: (source: Source) => boolean;
  /** The plain texts that it compares with, where it does nothing else. */
  readonly equals?: readonly string[];
  /** As they are written, for backends that test by themselves. */
  readonly modifiers: readonly Modifier[];
  readonly values: readonly Scalar[];
}

const MODIFIERS = [
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
] as const;
export type Modifier = (typeof MODIFIERS)[number];

export type Scalar = string | number | boolean | null;
type Check = (value: string) => boolean;

/** Makes the test's parts from YAML; the caller numbers it. */
export function fieldTest<Source extends Observation | FlowEdge>(
  field: Field<Source>,
  modifierNames: readonly string[],
  key: unknown,
  node: unknown,
): Omit<FieldTest<Source>, 'index'> {
  const modifiers = modifierNames.map((name) => modifier(name, key));
  const values = scalars(node);
  const written = { field, modifiers, values };
  if (modifiers.includes('exists')) return { ...written, matches: existence(field, values, node) };
  const compare = numericOf(modifiers);
  if (compare) return { ...written, matches: numeric(field, compare, values, node) };
  const checks = values.map((value) => check(value, modifiers, node));
  const every = modifiers.includes('all');
  const plain = modifiers.length === 0 && values.every(isPlain);
  const matches = (source: Source): boolean => {
    const found = field.get(source);
    const holds = (one: Check): boolean => meets(found, one);
    return every ? checks.every(holds) : checks.some(holds);
  };
  return { ...written, matches, ...(plain && { equals: values.map(String) }) };
}

const isPlain = (value: Scalar): boolean =>
  value !== null && !(typeof value === 'string' && /[*?\\]/.test(value));

function modifier(name: string, key: unknown): Modifier {
  const found = MODIFIERS.find((candidate) => candidate === name);
  if (found) return found;
  throw new RuleFault(
    'unknown-modifier',
    key,
    `unknown modifier “${name}”; did you mean “${nearest(name, MODIFIERS)}”?`,
  );
}

function scalars(node: unknown): readonly Scalar[] {
  const items = isSeq(node) ? node.items : [node];
  if (items.length === 0) throw new RuleFault('bad-value', node, 'an empty list matches nothing');
  return items.map((item) => {
    const value = isScalar(item) ? item.value : undefined;
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
      return value as Scalar;
    }
    throw new RuleFault(
      'bad-value',
      item ?? node,
      'a value is text, a number, true, false or null',
    );
  });
}

/** A list field matches where one of its elements does; `null` matches what is absent or empty. */
function meets(found: FieldValue, one: Check & { readonly absent?: boolean }): boolean {
  if (one.absent) return isAbsent(found);
  if (typeof found === 'object') return found.some(one);
  return found !== undefined && one(String(found));
}

const isAbsent = (found: FieldValue): boolean =>
  found === undefined || found === '' || (typeof found === 'object' && found.length === 0);

function existence<Source>(
  field: Field<Source>,
  values: readonly Scalar[],
  node: unknown,
): (source: Source) => boolean {
  const [wanted] = values;
  if (typeof wanted !== 'boolean')
    throw new RuleFault('bad-value', node, '`exists` takes true or false');
  return (source) => isAbsent(field.get(source)) !== wanted;
}

const NUMERIC: Readonly<Partial<Record<Modifier, (a: number, b: number) => boolean>>> = {
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
};

const numericOf = (
  modifiers: readonly Modifier[],
): ((a: number, b: number) => boolean) | undefined =>
  modifiers.map((name) => NUMERIC[name]).find((compare) => compare !== undefined);

function numeric<Source>(
  field: Field<Source>,
  compare: (a: number, b: number) => boolean,
  values: readonly Scalar[],
  node: unknown,
): (source: Source) => boolean {
  const [limit] = values;
  if (typeof limit !== 'number' || values.length !== 1 || field.type !== 'number') {
    throw new RuleFault('bad-value', node, `“${field.name}” is compared with one number`);
  }
  return (source) => {
    const found = field.get(source);
    return typeof found === 'number' && compare(found, limit);
  };
}

function check(
  value: Scalar,
  modifiers: readonly Modifier[],
  node: unknown,
): Check & { absent?: boolean } {
  if (value === null) return Object.assign(() => false, { absent: true });
  if (modifiers.includes('re')) return regex(String(value), node);
  const cased = modifiers.includes('cased');
  const text = cased ? String(value) : String(value).toLowerCase();
  const parts = pattern(text, modifiers);
  const test = glob(parts);
  return cased ? test : (found) => test(found.toLowerCase());
}

function regex(source: string, node: unknown): Check {
  try {
    const compiled = RE2JS.compile(source);
    return (found) => compiled.matcher(found).find();
  } catch (cause) {
    throw new RuleFault('regex', node, `not a regular expression: ${String(cause)}`);
  }
}

/** `null` stands for any run of characters, `true` for any one. */
type Part = string | null | true;

function pattern(text: string, modifiers: readonly Modifier[]): readonly Part[] {
  const parts = wildcards(text);
  const open = modifiers.includes('contains');
  if (open || modifiers.includes('endswith')) parts.unshift(null);
  if (open || modifiers.includes('startswith')) parts.push(null);
  return parts;
}

/** Sigma's `*` and `?`; a backslash before them makes them plain. */
function wildcards(text: string): Part[] {
  const parts: Part[] = [];
  for (const piece of text.match(/\\[*?\\]|[*?]|[^*?\\]+|\\/g) ?? ['']) {
    if (piece === '*') parts.push(null);
    else if (piece === '?') parts.push(true);
    else {
      const plain = piece.length === 2 && piece.startsWith('\\') ? piece.slice(1) : piece;
      const last = parts.at(-1);
      if (typeof last === 'string') parts[parts.length - 1] = last + plain;
      else parts.push(plain);
    }
  }
  return parts;
}

function glob(parts: readonly Part[]): Check {
  const [a, b, c] = parts;
  if (parts.length === 1 && typeof a === 'string') return (found) => found === a;
  if (parts.length === 2 && a === null && typeof b === 'string')
    return (found) => found.endsWith(b);
  if (parts.length === 2 && typeof a === 'string' && b === null)
    return (found) => found.startsWith(a);
  if (parts.length === 3 && a === null && typeof b === 'string' && c === null) {
    return (found) => found.includes(b);
  }
  const source = parts.map((part) =>
    typeof part === 'string' ? RE2JS.quote(part) : part ? '.' : '.*',
  );
  const compiled = RE2JS.compile(`^${source.join('')}$`, RE2JS.DOTALL);
  return (found) => compiled.matcher(found).matches();
}
