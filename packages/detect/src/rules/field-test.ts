import type { FlowEdge, Observation, TextForm } from '@spoor/core';
import { isScalar, isSeq } from 'yaml';
import type { Field, FieldValue } from '../schema.ts';
import { cidrCheck, regexForm } from './checks.ts';
import { RuleFault } from './document.ts';
import type { Modifier } from './modifiers.ts';
import {
  base64,
  expand,
  type Pattern,
  PatternFault,
  PlaceholderFault,
  type Placeholders,
  parsePattern,
  placed,
  type Wide,
  widen,
  windash,
} from './pattern.ts';
import { type Check, formCheck, globForm } from './text-form.ts';

export type { Modifier } from './modifiers.ts';

/** One `field|modifiers: values` of a selection. */
export interface FieldTest<Source = Observation> {
  /** Equal tests of different rules share it. */
  readonly index: number;
  readonly field: Field<Source>;
  /** The observation is what the source belongs to; other fields are compared with. */
  readonly matches: (source: Source, observation: Observation) => boolean;
  /** The plain texts that it compares with, where it does nothing else. */
  readonly equals?: readonly string[];
  /** As they are written, for backends that test by themselves. */
  readonly modifiers: readonly Modifier[];
  readonly values: readonly Scalar[];
}

export type Scalar = string | number | boolean | null;

/** One value as it is written, with its place. */
export interface Written {
  readonly value: Scalar;
  readonly node: unknown;
}

/** Finds a field that another is compared with; undefined for names that nobody knows. */
export type Reference<Source> = (
  name: string,
) => ((source: Source, observation: Observation) => FieldValue) | undefined;

export interface TestContext<Source> {
  readonly placeholders: Placeholders;
  readonly reference: Reference<Source>;
}

/** Makes the test's parts from YAML; the caller numbers it. */
export function fieldTest<Source extends Observation | FlowEdge>(
  field: Field<Source>,
  modifiers: readonly Modifier[],
  written: readonly Written[],
  context: TestContext<Source>,
): Omit<FieldTest<Source>, 'index'> {
  const values = written.map(({ value }) => value);
  const test = matcher(field, modifiers, written, context);
  const matches: FieldTest<Source>['matches'] = modifiers.includes('neq')
    ? (source, observation) => !test(source, observation)
    : test;
  const plain = modifiers.length === 0 && values.every(isPlain);
  return { field, modifiers, values, matches, ...(plain && { equals: values.map(String) }) };
}

const isPlain = (value: Scalar): boolean =>
  value !== null && !(typeof value === 'string' && /[*?\\]/.test(value));

type Matcher<Source> = FieldTest<Source>['matches'];

function matcher<Source extends Observation | FlowEdge>(
  field: Field<Source>,
  modifiers: readonly Modifier[],
  written: readonly Written[],
  context: TestContext<Source>,
): Matcher<Source> {
  if (modifiers.includes('exists')) return existence(field, written);
  const compare = modifiers.map((name) => NUMERIC[name]).find((one) => one !== undefined);
  if (compare) return numeric(field, compare, written);
  const every = modifiers.includes('all');
  if (modifiers.includes('fieldref')) {
    const tests = written.map((one) => sameAs(field, modifiers, one, context.reference));
    return (source, observation) =>
      every
        ? tests.every((test) => test(source, observation))
        : tests.some((test) => test(source, observation));
  }
  const checks = written.map((one) => valueCheck(one, modifiers, context.placeholders));
  return (source) => {
    const found = field.get(source);
    const holds = (one: ValueCheck): boolean => meets(found, one);
    return every ? checks.every(holds) : checks.some(holds);
  };
}

/** The values of one test. */
export function readValues(node: unknown, modifiers: readonly Modifier[]): readonly Written[] {
  const items = isSeq(node) ? node.items : [node];
  if (items.length === 0) throw new RuleFault('bad-value', node, 'an empty list matches nothing');
  if (modifiers.includes('all') && items.length === 1)
    throw new RuleFault('bad-value', node, '“all” needs a list of at least two values');
  return items.map((item) => {
    const value = isScalar(item) ? item.value : undefined;
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value))
      return { value: value as Scalar, node: item };
    const message = 'a value is text, a number, true, false or null';
    throw new RuleFault('bad-value', item ?? node, message);
  });
}

/** `absent`: what is not there, or empty, is meant. */
type ValueCheck = Check | 'absent';

/** A list field matches where one of its elements does; `null` matches what is absent or empty. */
function meets(found: FieldValue, one: ValueCheck): boolean {
  if (one === 'absent') return isAbsent(found);
  if (typeof found === 'object') return found.some(one);
  return found !== undefined && one(String(found));
}

const isAbsent = (found: FieldValue): boolean =>
  found === undefined || found === '' || (typeof found === 'object' && found.length === 0);

function existence<Source>(field: Field<Source>, written: readonly Written[]): Matcher<Source> {
  const [wanted] = written;
  if (typeof wanted?.value !== 'boolean' || written.length !== 1)
    throw new RuleFault('bad-value', wanted?.node, '`exists` takes true or false');
  const { value } = wanted;
  return (source) => isAbsent(field.get(source)) !== value;
}

const NUMERIC: Readonly<Partial<Record<Modifier, (a: number, b: number) => boolean>>> = {
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
};

function numeric<Source>(
  field: Field<Source>,
  compare: (a: number, b: number) => boolean,
  written: readonly Written[],
): Matcher<Source> {
  const [first] = written;
  const limit = first?.value;
  if (typeof limit !== 'number' || written.length !== 1 || field.type !== 'number') {
    throw new RuleFault('bad-value', first?.node, `“${field.name}” is compared with one number`);
  }
  return (source) => {
    const found = field.get(source);
    return typeof found === 'number' && compare(found, limit);
  };
}

/** Equal to another field: to one of its values, where it has several. */
function sameAs<Source>(
  field: Field<Source>,
  modifiers: readonly Modifier[],
  { value, node }: Written,
  reference: Reference<Source>,
): Matcher<Source> {
  const other = typeof value === 'string' ? reference(value) : undefined;
  if (other === undefined)
    throw new RuleFault('unknown-field', node, `“fieldref” names a field; “${value}” is none`);
  const cased = modifiers.includes('cased');
  const plain = (text: string): string => (cased ? text : text.toLowerCase());
  const holds = comparison(modifiers);
  return (source, observation) => {
    const [mine, theirs] = [listOf(field.get(source)), listOf(other(source, observation))];
    return mine.some((a) => theirs.some((b) => holds(plain(a), plain(b))));
  };
}

/** What is absent is equal to nothing. */
const listOf = (value: FieldValue): readonly string[] =>
  isAbsent(value) || value === undefined ? [] : typeof value === 'object' ? value : [`${value}`];

function comparison(modifiers: readonly Modifier[]): (a: string, b: string) => boolean {
  const [open, start, end] = placesOf(modifiers);
  if (open || (start && end)) return (a, b) => a.includes(b);
  if (start) return (a, b) => a.startsWith(b);
  return end ? (a, b) => a.endsWith(b) : (a, b) => a === b;
}

const placesOf = (modifiers: readonly Modifier[]): readonly [boolean, boolean, boolean] => [
  modifiers.includes('contains'),
  modifiers.includes('startswith'),
  modifiers.includes('endswith'),
];

/** A value becomes several where a modifier gives it several forms; one of them is enough. */
function valueCheck(
  written: Written,
  modifiers: readonly Modifier[],
  placeholders: Placeholders,
): ValueCheck {
  const { value, node } = written;
  if (value === null) return 'absent';
  const checks = modifiers.includes('cidr')
    ? plainForms(String(value), modifiers, placeholders, node).map((form) => cidrCheck(form, node))
    : textForms(written, modifiers, placeholders).map(formCheck);
  const [only] = checks;
  if (checks.length === 1 && only) return only;
  return (found) => checks.some((check) => check(found));
}

/** The same of a text, in a form that needs nothing else to be answered. */
export function textForms(
  { value, node }: Written,
  modifiers: readonly Modifier[],
  placeholders: Placeholders,
): readonly TextForm[] {
  const text = String(value);
  if (modifiers.includes('re'))
    return plainForms(text, modifiers, placeholders, node).map((form) =>
      regexForm(form, modifiers, node),
    );
  const cased = modifiers.includes('cased');
  return patterns(text, modifiers, placeholders, node).map((form) => globForm(form, cased));
}

/** Of a regular expression or a network, only placeholders are replaced. */
function plainForms(
  text: string,
  modifiers: readonly Modifier[],
  placeholders: Placeholders,
  node: unknown,
): readonly string[] {
  if (!modifiers.includes('expand')) return [text];
  const whole = { parts: [text], bytes: false };
  return located(node, () => expand(whole, placeholders)).map(({ parts }) =>
    parts.map((part) => (part === true ? '.' : (part ?? '.*'))).join(''),
  );
}

/** Applies the modifiers in their order. */
function patterns(
  text: string,
  modifiers: readonly Modifier[],
  placeholders: Placeholders,
  node: unknown,
): readonly Pattern[] {
  let found: readonly Pattern[] = [parsePattern(text)];
  for (const name of modifiers) {
    found = located(node, () => found.flatMap((one) => applied(one, name, placeholders)));
  }
  if (found.some(({ parts, bytes }) => bytes && parts.some(isNotAscii)))
    throw new RuleFault('bad-value', node, 'only ASCII has a wide form that is text; use base64');
  return found.map((one) => placed(one, ...placesOf(modifiers)));
}

const isNotAscii = (part: unknown): boolean =>
  typeof part === 'string' && /[\u0080-\u00ff]/.test(part.replace(/^\u00ff\u00fe/, ''));

function applied(pattern: Pattern, name: Modifier, known: Placeholders): readonly Pattern[] {
  if (name === 'expand') return expand(pattern, known);
  if (name === 'windash') return windash(pattern);
  if (name === 'base64' || name === 'base64offset') return base64(pattern, name !== 'base64');
  return WIDE.has(name) ? [widen(pattern, name as Wide)] : [pattern];
}

const WIDE: ReadonlySet<Modifier> = new Set(['utf16', 'utf16le', 'utf16be', 'wide']);

/** Gives a fault of a pattern its place. */
function located<Result>(node: unknown, work: () => Result): Result {
  try {
    return work();
  } catch (fault) {
    if (fault instanceof PlaceholderFault) throw new RuleFault('placeholder', node, fault.message);
    if (fault instanceof PatternFault) throw new RuleFault('bad-value', node, fault.message);
    throw fault;
  }
}
