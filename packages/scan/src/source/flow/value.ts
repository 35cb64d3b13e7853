import type { ClassBody, Function as FunctionNode } from '@babel/types';
import { LIMITS } from '@spoor/core';
import type { SourceModule } from './module.ts';
import type { Scope } from './scope.ts';

/** What a value is, as far as the checks care. */
export type Kind =
  | 'span'
  | 'instrument'
  | 'logger'
  | 'response'
  | 'request'
  | 'headers'
  | 'query'
  | 'hooked'
  | 'span-context'
  | 'entries'
  | 'hash'
  | 'hmac'
  | 'trace-propagator'
  | 'ratio-sampler'
  | 'off-sampler'
  | 'on-sampler'
  | 'environment'
  | 'baggage'
  | 'baggage-entry'
  | 'split'
  | 'extension';

export type FunctionLike = FunctionNode;

/** A function with what it closes over. */
export interface Closure {
  readonly node: FunctionLike;
  readonly scope: Scope;
  readonly module: SourceModule;
  readonly owner?: Value;
  readonly name: string;
  /** Within a class that decides on sampling by itself. */
  readonly decides: boolean;
}

export interface ClassValue {
  readonly body: ClassBody;
  readonly name: string;
  /** What all instances begin with; it stands for those that are made elsewhere. */
  readonly instance: Value;
  /** One for each place where one is made, and for what is given there. */
  readonly made: Map<string, Value>;
  /** Does it extend a class that the package does not have, such as `Error`? */
  readonly isForeign: boolean;
  readonly members: ReadonlySet<string>;
}

/** A constant that a value may be. */
export type Constant = string | number | boolean;

/** An abstract value. Objects are shared by reference, as in the language, so they change. */
export interface Value {
  labels: number;
  /** Where what it carries came from, in words. */
  origin?: string | undefined;
  kind?: Kind | undefined;
  fields?: Map<string, Value> | undefined;
  closure?: Closure | undefined;
  ofClass?: ClassValue | undefined;
  constants?: readonly Constant[] | undefined;
  /** From another package: its name, and the export. */
  from?: { readonly module: string; readonly name: string } | undefined;
  /** Where this instance of a class was made. */
  site?: string;
  /** A sampler that stands within one that decides by itself. */
  wrapped?: boolean;
}

/** In a text, what is only known when the program runs. */
export const HOLE = '\u{fffc}';

const CONSTANTS_MAX = 4;
const DEEP_MAX = 3;

export const clean = (): Value => ({ labels: 0 });

export const carrying = (labels: number, origin?: string, kind?: Kind): Value => ({
  labels,
  origin,
  kind,
});

export const ofKind = (kind: Kind, labels = 0): Value => ({ labels, kind });

export const constant = (value: Constant): Value => ({ labels: 0, constants: [value] });

export const object = (): Value => ({ labels: 0, fields: new Map() });

/** A value and its fields, the nearest first. Objects may go round in circles. */
function partsOf(value: Value): Iterable<Value> {
  if (value.fields === undefined) return [value];
  const parts = new Set([value]);
  for (const part of parts) {
    for (const field of part.fields?.values() ?? []) parts.add(field);
    if (parts.size > LIMITS.sourceFieldsMax) break;
  }
  return parts;
}

/** All that a value and its fields carry. */
export function labelsOf(value: Value): number {
  let labels = value.labels;
  if (value.fields !== undefined) for (const part of partsOf(value)) labels |= part.labels;
  return labels;
}

/** Where the first part that carries one of these came from. */
export function originOf(value: Value, wanted: number): string | undefined {
  for (const part of partsOf(value))
    if ((part.labels & wanted) !== 0 && part.origin !== undefined) return part.origin;
  return undefined;
}

/** What may be one or the other. */
export function join(one: Value, other: Value, depth = 0): Value {
  if (one === other || isBlank(other)) return one;
  if (isBlank(one)) return other;
  const constants = [...new Set([...(one.constants ?? []), ...(other.constants ?? [])])];
  return {
    labels: one.labels | other.labels,
    origin: one.origin ?? other.origin,
    kind: one.kind ?? other.kind,
    fields: joinFields(one.fields, other.fields, depth),
    closure: one.closure ?? other.closure,
    ofClass: one.ofClass ?? other.ofClass,
    constants: constants.length === 0 ? undefined : constants.slice(0, CONSTANTS_MAX),
    from: one.from ?? other.from,
  };
}

/** A value of which nothing is known, and that nobody can have kept to change it. */
const isBlank = (value: Value): boolean =>
  value.labels === 0 &&
  value.fields === undefined &&
  value.kind === undefined &&
  value.closure === undefined &&
  value.ofClass === undefined &&
  value.from === undefined &&
  value.constants === undefined;

function joinFields(
  one: Map<string, Value> | undefined,
  other: Map<string, Value> | undefined,
  depth: number,
): Map<string, Value> | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one === other || depth >= DEEP_MAX) return one;
  const both = new Map(one);
  for (const [name, value] of other) {
    const mine = both.get(name);
    both.set(name, mine === undefined ? value : join(mine, value, depth + 1));
  }
  return both;
}

/** One value that stands for several, as a text made of them does. */
export function merged(values: readonly Value[], through: number): Value {
  let labels = 0;
  let origin: string | undefined;
  for (const value of values) {
    const own = labelsOf(value) & through;
    if (own !== 0) origin ??= originOf(value, own);
    labels |= own;
  }
  return { labels, origin };
}

export function setField(target: Value, name: string, value: Value): void {
  target.fields ??= new Map();
  const known = target.fields.get(name);
  if (known === undefined && target.fields.size >= LIMITS.sourceFieldsMax) {
    target.labels |= labelsOf(value);
    target.origin ??= originOf(value, -1);
    return;
  }
  target.fields.set(name, known === undefined ? value : join(known, value));
}

/** What is written somewhere into an object. */
export function pour(target: Value, value: Value): void {
  target.labels |= labelsOf(value);
  target.origin ??= originOf(value, -1);
}

export const texts = (value: Value | undefined): readonly string[] =>
  (value?.constants ?? []).filter((one) => typeof one === 'string');
