import type * as AST from '@babel/types';
import { baggageTest } from '../sinks/baggage.ts';
import { sessionText } from '../sinks/session-url.ts';
import { undeclared } from '../sources.ts';
import { evaluateCall, evaluateNew } from './calls.ts';
import { classOf, closureOf } from './functions.ts';
import { isTrustedTest, narrow, narrowed } from './guards.ts';
import { LABEL, THROUGH_KNOWN } from './labels.ts';
import type { At } from './machine.ts';
import { evaluateObject } from './objects.ts';
import { bare, pathOf, propertyName } from './paths.ts';
import { assignTo } from './patterns.ts';
import { readProperty } from './properties.ts';
import { clean, constant, HOLE, join, merged, ofKind, type Value } from './value.ts';

type Handlers = {
  readonly [T in AST.Node['type']]?: (node: Extract<AST.Node, { type: T }>, at: At) => Value;
};

/** What an expression is worth. Unknown syntax counts as made of its parts. */
export function evaluate(node: AST.Node | null | undefined, at: At): Value {
  if (node === null || node === undefined) return clean();
  at.machine.step();
  const inner = bare(node);
  const handler = HANDLERS[inner.type] as ((node: AST.Node, at: At) => Value) | undefined;
  return handler === undefined ? partsOf(inner, at) : handler(inner, at);
}

/** Every expression within, one after the other. */
function partsOf(node: AST.Node, at: At): Value {
  const values: Value[] = [];
  for (const [key, part] of Object.entries(node)) {
    if (key === 'loc' || key === 'extra' || key.endsWith('omments')) continue;
    for (const one of Array.isArray(part) ? part : [part])
      if (isNode(one) && !one.type.startsWith('TS')) values.push(evaluate(one, at));
  }
  return merged(values, THROUGH_KNOWN);
}

const isNode = (value: unknown): value is AST.Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

/** Operators whose value tells little of what they compare. */
const COMPARES = new Set(['==', '===', '!=', '!==', '<', '<=', '>', '>=', 'in', 'instanceof']);

const HANDLERS: Handlers = {
  StringLiteral: ({ value }) => constant(value),
  NumericLiteral: ({ value }) => constant(value),
  BooleanLiteral: ({ value }) => constant(value),
  NullLiteral: clean,
  RegExpLiteral: clean,
  BigIntLiteral: clean,
  Super: (_node, at) => at.frame.self ?? clean(),
  ThisExpression: (_node, at) => at.frame.self ?? clean(),
  Identifier: evaluateName,
  MemberExpression: (node, at) => evaluateMember(node, at),
  OptionalMemberExpression: (node, at) => evaluateMember(node, at),
  CallExpression: evaluateCall,
  OptionalCallExpression: evaluateCall,
  NewExpression: evaluateNew,
  ArrowFunctionExpression: (node, at) => closureOf(node, at),
  FunctionExpression: (node, at) => closureOf(node, at),
  ClassExpression: (node, at) => classOf(node, at),
  ObjectExpression: evaluateObject,
  ArrayExpression: evaluateArray,
  TemplateLiteral: evaluateTemplate,
  TaggedTemplateExpression: (node, at) => evaluate(node.quasi, at),
  SpreadElement: ({ argument }, at) => evaluate(argument, at),
  SequenceExpression: ({ expressions }, at) =>
    expressions.map((one) => evaluate(one, at)).at(-1) ?? clean(),
  AssignmentExpression: evaluateAssignment,
  UpdateExpression: ({ argument }, at) => merged([evaluate(argument, at)], THROUGH_KNOWN),
  UnaryExpression: evaluateUnary,
  BinaryExpression: evaluateBinary,
  LogicalExpression: evaluateLogical,
  ConditionalExpression: evaluateConditional,
  YieldExpression: ({ argument }, at) => evaluate(argument, at),
  ImportExpression: clean,
  MetaProperty: clean,
};

function evaluateName(node: AST.Identifier, at: At): Value {
  const value = at.scope.find(node.name);
  if (value === undefined) return globalNamed(node.name);
  return at.frame.safe.has(node.name) ? narrowed(value) : value;
}

const globalNamed = (name: string): Value =>
  name === 'process' ? { labels: 0, from: { module: 'node:process', name } } : undeclared(name);

const evaluateMember = (node: Member, at: At): Value =>
  readMember(evaluate(node.object, at), node, at);

type Member = AST.MemberExpression | AST.OptionalMemberExpression;

/** A property of a known value: to evaluate it twice at each link of a chain would never end. */
export function readMember(object: Value, node: Member, at: At): Value {
  const name = propertyName(node.property, node.computed);
  if (node.computed && name === undefined) evaluate(node.property, at);
  const value = readProperty(object, name, node, at);
  const path = at.frame.safe.size === 0 ? undefined : pathOf(node);
  if (path === undefined) return value;
  const index = node.computed ? pathOf(node.property) : undefined;
  const isSafe = at.frame.safe.has(path) || (index !== undefined && at.frame.safe.has(index));
  return isSafe ? narrowed(value) : value;
}

function evaluateArray(node: AST.ArrayExpression, at: At): Value {
  const values = node.elements.map((element) => evaluate(element, at));
  const all = merged(values, -1);
  const fields = new Map(values.slice(0, 8).map((value, index) => [String(index), value]));
  const constants = values.flatMap((value) => value.constants ?? []);
  return { ...all, labels: all.labels, fields, constants };
}

function evaluateTemplate(node: AST.TemplateLiteral, at: At): Value {
  const values = node.expressions.map((expression) => evaluate(expression, at));
  sessionText(node, values, at);
  const text = node.quasis.map((quasi) => quasi.value.cooked ?? '');
  const known = values.map((value) => value.constants?.[0]);
  const whole = known.every((one) => one !== undefined)
    ? text.map((part, index) => part + (known[index] ?? '')).join('')
    : text.join(HOLE);
  return { ...merged(values, THROUGH_KNOWN), constants: [whole] };
}

function evaluateAssignment(node: AST.AssignmentExpression, at: At): Value {
  const value = evaluate(node.right, at);
  const adds = node.operator !== '=';
  const before = adds ? evaluate(node.left, at) : undefined;
  const next = before === undefined ? value : join(before, value);
  assignTo(node.left, next, at, adds);
  return next;
}

function evaluateUnary(node: AST.UnaryExpression, at: At): Value {
  const value = evaluate(node.argument, at);
  const keeps = node.operator === '+' || node.operator === '-';
  return keeps ? merged([value], THROUGH_KNOWN) : clean();
}

function evaluateBinary(node: AST.BinaryExpression, at: At): Value {
  const left = evaluate(node.left, at);
  const right = evaluate(node.right, at);
  if (COMPARES.has(node.operator)) {
    baggageTest(node, [left, right], at);
    return clean();
  }
  if (node.operator === '+') sessionText(node, [left, right], at);
  const text = [left, right].map((value) => value.constants?.[0]);
  const sum = merged([left, right], THROUGH_KNOWN);
  if (node.operator === '+' && text.every((one) => typeof one === 'string'))
    return { ...sum, constants: [text.join('')] };
  return sum;
}

function evaluateLogical(node: AST.LogicalExpression, at: At): Value {
  const left = evaluate(node.left, at);
  if (node.operator !== '&&') return join(left, evaluate(node.right, at));
  baggageTest(node.left, [left], at);
  const right = evaluate(node.right, narrow(node.left, true, at));
  return join(right, left.labels === 0 ? clean() : merged([left], LABEL.baggage));
}

function evaluateConditional(node: AST.ConditionalExpression, at: At): Value {
  baggageTest(node.test, [evaluate(node.test, at)], at);
  const yes = evaluate(node.consequent, narrow(node.test, true, at));
  const no = evaluate(node.alternate, narrow(node.test, false, at));
  const value = join(yes, no);
  return isTrustedTest(node.test, at) && yes.kind === 'off-sampler' ? ofKind('off-sampler') : value;
}
