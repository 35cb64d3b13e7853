import type * as AST from '@babel/types';
import { LIMITS } from '@spoor/core';
import { returnCheck } from '../sinks/responses.ts';
import { evaluate } from './expressions.ts';
import { THROUGH_UNKNOWN } from './labels.ts';
import type { At, Frame } from './machine.ts';
import { propertyName } from './paths.ts';
import { bind } from './patterns.ts';
import { Scope } from './scope.ts';
import { runBlock } from './statements.ts';
import {
  type ClassValue,
  type Closure,
  clean,
  type FunctionLike,
  join,
  labelsOf,
  merged,
  object,
  pour,
  setField,
  type Value,
} from './value.ts';

export function closureOf(node: FunctionLike, at: At, owner?: Value): Value {
  const self = node.type === 'ArrowFunctionExpression' ? at.frame.self : owner;
  const closure: Closure = {
    node,
    scope: at.scope,
    module: at.module,
    name: nameOf(node),
    decides: at.frame.decides,
    ...(self === undefined ? {} : { owner: self }),
  };
  return { labels: 0, closure: at.machine.register(closure) };
}

function nameOf(node: FunctionLike): string {
  if ('id' in node && node.id) return node.id.name;
  if ('key' in node) return propertyName(node.key, node.computed) ?? '';
  return '';
}

/** A class: its methods are closures over one instance that stands for all. */
export function classOf(node: AST.Class, at: At): Value {
  const instance = object();
  const members = new Set<string>();
  const scope = new Scope(at.scope);
  const inner: At = {
    ...at,
    scope,
    frame: { ...at.frame, self: instance, decides: decidesOnSampling(node.body) },
  };
  const value: Value = { labels: 0, fields: new Map() };
  const base = node.superClass ? evaluate(node.superClass, at) : undefined;
  const ofClass: ClassValue = {
    body: node.body,
    name: node.id?.name ?? '',
    instance,
    members,
    made: new Map(),
    isForeign: base !== undefined && (base.ofClass?.isForeign ?? true),
  };
  if (node.id) scope.declare(node.id.name, { ...value, ofClass });
  if (base !== undefined) {
    for (const [name, field] of base.ofClass?.instance.fields ?? [])
      setField(instance, name, field);
  }
  for (const member of node.body.body) addMember(member, { value, instance, members }, inner);
  return { ...value, ofClass };
}

export const decidesOnSampling = (body: AST.ClassBody): boolean =>
  body.body.some(
    (member) =>
      member.type === 'ClassMethod' && propertyName(member.key, member.computed) === 'shouldSample',
  );

interface Parts {
  readonly value: Value;
  readonly instance: Value;
  readonly members: Set<string>;
}

function addMember(member: AST.ClassBody['body'][number], parts: Parts, at: At): void {
  if (member.type === 'StaticBlock') {
    runBlock(member.body, at);
    return;
  }
  if (!('key' in member) || member.type === 'TSDeclareMethod') return;
  const computed = 'computed' in member && member.computed === true;
  const name = propertyName(member.key, computed) ?? '?';
  const target = member.static === true ? parts.value : parts.instance;
  parts.members.add(name);
  const isMethod = member.type === 'ClassMethod' || member.type === 'ClassPrivateMethod';
  const field = isMethod
    ? closureOf(member, at, parts.instance)
    : evaluate('value' in member ? member.value : undefined, at);
  target.fields?.delete(name);
  setField(target, name, field);
}

export interface CallOptions {
  readonly self?: Value | undefined;
  readonly frame?: Partial<Frame>;
}

/** Calls a function of the package with these values; remembers what came of it. */
export function callClosure(
  closure: Closure,
  args: readonly Value[],
  at: At,
  { self, frame = {} }: CallOptions = {},
): Value {
  const { machine } = at;
  machine.idle.delete(closure.node);
  if (at.frame.depth >= LIMITS.sourceCallDepthMax) return merged(args, THROUGH_UNKNOWN);
  const outcomes = machine.memo.get(closure) ?? new Map();
  machine.memo.set(closure, outcomes);
  const key = `${selfOf(closure, self)?.site ?? ''}|${keyOf(args, { ...at.frame, ...frame })}`;
  const known = outcomes.get(key);
  if (known !== undefined) {
    for (const [index, labels] of known.after.entries()) addLabels(args[index], labels);
    return known.returned;
  }
  const visits = machine.visits.get(closure.node) ?? 0;
  if (visits >= LIMITS.sourceVisitsPerFunctionMax) return merged(args, THROUGH_UNKNOWN);
  machine.visits.set(closure.node, visits + 1);
  outcomes.set(key, { returned: merged(args, 0), after: [] });
  const returned = run(closure, args, at, { self, frame });
  outcomes.set(key, { returned, after: args.map((arg) => labelsOf(arg)) });
  return returned;
}

function addLabels(value: Value | undefined, labels: number): void {
  if (value !== undefined && (labels & ~labelsOf(value)) !== 0) value.labels |= labels;
}

export const keyOf = (args: readonly Value[], frame: Frame): string =>
  [
    frame.role,
    frame.capture,
    labelsOf(frame.active),
    frame.content.labels,
    ...args.map(
      (arg) => `${labelsOf(arg)}${arg.kind ?? ''}${fieldKey(arg)}${arg.closure?.node.start ?? ''}`,
    ),
  ].join('|');

const fieldKey = ({ fields }: Value): string =>
  fields === undefined
    ? ''
    : `{${[...fields].map(([name, field]) => `${name}:${labelsOf(field)}`).join()}}`;

function run(
  closure: Closure,
  args: readonly Value[],
  at: At,
  { self, frame }: CallOptions,
): Value {
  const { node } = closure;
  const inner: At = {
    machine: at.machine,
    module: closure.module,
    scope: new Scope(closure.scope),
    frame: {
      ...at.frame,
      role: 'plain',
      answers: NONE,
      safe: new Set(),
      decides: closure.decides,
      ...frame,
      name: closure.name,
      self: selfOf(closure, self),
      depth: at.frame.depth + 1,
      returned: { value: clean() },
      content: merged([...args, at.frame.content], THROUGH_UNKNOWN),
    },
  };
  for (const [index, parameter] of node.params.entries()) {
    const isRest = parameter.type === 'RestElement';
    bind(parameter, isRest ? restOf(args.slice(index)) : (args[index] ?? clean()), inner);
  }
  inner.scope.declare('arguments', restOf(args));
  if (node.body.type === 'BlockStatement') runBlock(node.body.body, inner);
  else answer(node.body, evaluate(node.body, inner), inner);
  return inner.frame.returned.value;
}

/** Of an arrow function, `this` is that of where it stands. */
const selfOf = ({ node, owner }: Closure, self: Value | undefined): Value | undefined =>
  node.type === 'ArrowFunctionExpression' || self?.site === undefined ? (owner ?? self) : self;

const NONE: ReadonlySet<string> = new Set();

function restOf(args: readonly Value[]): Value {
  const rest = object();
  for (const [index, arg] of args.entries()) setField(rest, String(index), arg);
  for (const arg of args) pour(rest, arg);
  return rest;
}

/** What a function answers with, at this place. */
export function answer(node: AST.Node, value: Value, at: At): void {
  returnCheck(node, value, at);
  at.frame.returned.value = join(at.frame.returned.value, value);
}
