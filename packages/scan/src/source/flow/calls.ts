import type * as AST from '@babel/types';
import { LIMITS } from '@spoor/core';
import { CALL_SINKS, NEW_SINKS } from '../sinks/table.ts';
import { registration } from '../sources.ts';
import { known } from './builtins.ts';
import type { Call } from './context.ts';
import { evaluate, readMember } from './expressions.ts';
import { callClosure, decidesOnSampling, keyOf } from './functions.ts';
import { has, LABEL, THROUGH_KNOWN, THROUGH_UNKNOWN } from './labels.ts';
import { exportsOf } from './links.ts';
import type { At } from './machine.ts';
import { bare, pathOf, propertyName, wordsOf } from './paths.ts';
import { isRedacting } from './redacting.ts';
import { spanOrNothing } from './spans.ts';
import { type ClassValue, clean, join, merged, pour, texts, type Value } from './value.ts';

export function evaluateCall(node: AST.CallExpression | AST.OptionalCallExpression, at: At): Value {
  const call = callOf(node, at);
  if (call.name === 'require' && call.receiver === undefined)
    return exportsOf(texts(call.args[0])[0] ?? '', at);
  for (const sink of CALL_SINKS) sink(call, at);
  return (
    registration(call, at) ?? known(call, at) ?? ofPackageFunction(call, at) ?? unknown(call, at)
  );
}

/** `(0, api.trace)` is what compilers write for `trace`. */
const unwrapped = (node: AST.Node): AST.Node => {
  const inner = bare(node);
  if (inner.type !== 'SequenceExpression') return inner;
  return bare(inner.expressions.at(-1) ?? inner);
};

function callOf(
  node: AST.CallExpression | AST.OptionalCallExpression | AST.NewExpression,
  at: At,
): Call {
  const calleeNode = unwrapped(node.callee);
  const isMember =
    calleeNode.type === 'MemberExpression' || calleeNode.type === 'OptionalMemberExpression';
  const receiver = isMember ? evaluate(calleeNode.object, at) : undefined;
  const callee =
    isMember && receiver !== undefined
      ? readMember(receiver, calleeNode, at)
      : evaluate(calleeNode, at);
  const name = isMember
    ? (propertyName(calleeNode.property, calleeNode.computed) ?? '')
    : (pathOf(calleeNode) ?? '');
  const args = node.arguments.map((argument) => evaluate(argument, at));
  return {
    node,
    name,
    callee,
    receiver,
    receiverText: isMember ? wordsOf(calleeNode.object, at.module.source) : '',
    args,
    argNodes: node.arguments,
    isNew: node.type === 'NewExpression',
  };
}

function ofPackageFunction(call: Call, at: At): Value | undefined {
  const { closure } = call.callee;
  if (closure === undefined) return undefined;
  const returned = callClosure(closure, call.args, at, { self: call.receiver });
  return isRedacting(closure) ? { ...returned, labels: 0, fields: undefined } : returned;
}

const OWNERS = /(?:config|options|opts|hooks|settings)\??$/i;

/** A function of another package: its callbacks run, and what it is given it may give back. */
function unknown(call: Call, at: At): Value {
  // What an owner's own function answers is the owner's choice.
  if (OWNERS.test(call.receiverText)) return clean();
  const parts = call.receiver === undefined ? call.args : [call.receiver, ...call.args];
  let value = outside(merged(parts, THROUGH_UNKNOWN));
  if (isRedacting({ name: call.name })) value = clean();
  for (const arg of call.args) {
    if (arg.closure === undefined) continue;
    const content =
      call.receiver === undefined ? clean() : merged([call.receiver], THROUGH_UNKNOWN);
    const given = arg.closure.node.params.map((parameter) => spanOrNothing(parameter, content));
    value = join(value, callClosure(arg.closure, given, at, { frame: { answers: NONE } }));
  }
  return value;
}

const NONE: ReadonlySet<string> = new Set();

/** What comes back from outside is an answer, whatever was sent there. */
const outside = (value: Value): Value =>
  has(value.labels, LABEL.input)
    ? { ...value, labels: (value.labels & ~LABEL.input) | LABEL.result }
    : value;

export function evaluateNew(node: AST.NewExpression, at: At): Value {
  const isNamed = node.callee.type === 'Identifier';
  const callee = isNamed ? evaluate(node.callee, at) : clean();
  const wraps = callee.ofClass !== undefined && decidesOnSampling(callee.ofClass.body);
  const here: At = wraps ? { ...at, frame: { ...at.frame, decides: true } } : at;
  const call = callOf(node, here);
  for (const sink of NEW_SINKS) sink(call, here);
  const made = known(call, here);
  if (made !== undefined) return made;
  const { ofClass } = call.callee;
  if (ofClass === undefined) {
    const value = unknown(call, here);
    return call.name === 'Promise' ? value : { ...value, fields: call.args[0]?.fields };
  }
  return instanceOf(ofClass, call, here);
}

/** A new instance for each place and for what is given there, so that one does not spoil all. */
function instanceOf(ofClass: ClassValue, call: Call, at: At): Value {
  const site = `${at.module.path}:${call.node.start}:${keyOf(call.args, at.frame)}`;
  const known = ofClass.made.get(site);
  if (known !== undefined) return known;
  const isFull = ofClass.made.size >= LIMITS.sourceVisitsPerFunctionMax;
  const instance: Value = isFull
    ? { ...ofClass.instance, site: 'any' }
    : { ...ofClass.instance, fields: new Map(ofClass.instance.fields), site };
  if (!isFull) ofClass.made.set(site, instance);
  // What a class of another package does with it nobody knows; an error has it as its text.
  if (ofClass.isForeign) pour(instance, merged(call.args, THROUGH_KNOWN));
  const construct = instance.fields?.get('constructor')?.closure;
  if (construct !== undefined) callClosure(construct, call.args, at, { self: instance });
  return instance;
}
