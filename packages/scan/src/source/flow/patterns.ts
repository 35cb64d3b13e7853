import type { Node } from '@babel/types';
import { evaluate } from './expressions.ts';
import type { At } from './machine.ts';
import { bare, propertyName } from './paths.ts';
import { readProperty } from './properties.ts';
import { clean, constant, join, pour, setField, type Value } from './value.ts';

/** Binds the names of a pattern: parameters, declarations, loop variables. */
export function bind(pattern: Node, value: Value, at: At): void {
  const target = bare(pattern);
  if (target.type === 'Identifier') at.scope.declare(target.name, value);
  else if (target.type === 'AssignmentPattern')
    bind(target.left, withDefault(target.right, value, at), at);
  else if (target.type === 'RestElement') bind(target.argument, value, at);
  else if (target.type === 'TSParameterProperty') bindProperty(target.parameter, value, at);
  else if (target.type === 'ObjectPattern') bindObject(target, value, at);
  else if (target.type === 'ArrayPattern') bindArray(target, value, at);
}

const withDefault = (node: Node, value: Value, at: At): Value => {
  const fallback = evaluate(node, at);
  return value.labels === 0 && value.fields === undefined ? join(value, fallback) : value;
};

/** `constructor(private readonly tracer: Tracer)`. */
function bindProperty(parameter: Node, value: Value, at: At): void {
  bind(parameter, value, at);
  const name = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
  if (name.type === 'Identifier' && at.frame.self !== undefined)
    setField(at.frame.self, name.name, value);
}

function bindObject(pattern: Extract<Node, { type: 'ObjectPattern' }>, value: Value, at: At): void {
  for (const property of pattern.properties) {
    if (property.type === 'RestElement') {
      bind(property.argument, value, at);
      continue;
    }
    const name = propertyName(property.key, property.computed);
    bind(property.value, readProperty(value, name, property, at), at);
  }
}

function bindArray(pattern: Extract<Node, { type: 'ArrayPattern' }>, value: Value, at: At): void {
  const [key, entry] = pattern.elements;
  if (value.kind === 'entries' && key?.type === 'Identifier' && entry?.type === 'Identifier') {
    at.scope.declare(`${key.name} ->`, constant(entry.name));
    // A name that nobody chose freely, until the value beside it is looked at.
    bind(key, clean(), at);
    bind(entry, { ...value, kind: undefined }, at);
    return;
  }
  for (const [index, element] of pattern.elements.entries())
    if (element !== null) bind(element, readProperty(value, String(index), element, at), at);
}

/** `x = …`, `object.field = …`, `({ a } = …)`. */
export function assignTo(left: Node, value: Value, at: At, adds = false): void {
  const target = bare(left);
  if (target.type === 'Identifier') {
    const before = at.scope.find(target.name);
    const joined = before === undefined || adds ? value : keepKind(before, value);
    at.scope.assign(target.name, joined);
  } else if (target.type === 'MemberExpression') assignMember(target, value, at);
  else if (target.type === 'ObjectPattern' || target.type === 'ArrayPattern')
    assignPattern(target, value, at);
}

/** Assigned in one branch or another: what it was before may still hold. */
const keepKind = (before: Value, value: Value): Value => {
  const isEmpty = before.labels === 0 && before.kind === undefined && before.fields === undefined;
  return isEmpty ? value : join(value, before);
};

function assignMember(
  target: Extract<Node, { type: 'MemberExpression' }>,
  value: Value,
  at: At,
): void {
  const object = evaluate(target.object, at);
  const name = propertyName(target.property, target.computed);
  if (isModuleExports(target)) at.module.exports.fields?.set('default', value);
  if (name === undefined) pour(object, value);
  else setField(object, name, value);
  if (isModuleExports(target))
    for (const [key, field] of value.fields ?? []) setField(at.module.exports, key, field);
}

const isModuleExports = ({
  object,
  property,
}: Extract<Node, { type: 'MemberExpression' }>): boolean =>
  object.type === 'Identifier' &&
  object.name === 'module' &&
  property.type === 'Identifier' &&
  property.name === 'exports';

function assignPattern(
  target: Extract<Node, { type: 'ObjectPattern' | 'ArrayPattern' }>,
  value: Value,
  at: At,
): void {
  const parts = target.type === 'ObjectPattern' ? target.properties : target.elements;
  for (const [index, part] of parts.entries()) {
    if (part === null) continue;
    if (part.type === 'ObjectProperty') {
      const name = propertyName(part.key, part.computed);
      assignTo(part.value, readProperty(value, name, part, at), at);
    } else if (part.type === 'RestElement') assignTo(part.argument, value, at);
    else assignTo(part, readProperty(value, String(index), part, at), at);
  }
}
