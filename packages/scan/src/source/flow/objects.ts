import type * as AST from '@babel/types';
import { objectOptions } from '../sinks/options.ts';
import { definitionHandler } from '../sources.ts';
import { evaluate } from './expressions.ts';
import { closureOf } from './functions.ts';
import type { At } from './machine.ts';
import { propertyName } from './paths.ts';
import { object, pour, setField, type Value } from './value.ts';

/** An object literal: its fields are told apart, and what is spread into it joins. */
export function evaluateObject(node: AST.ObjectExpression, at: At): Value {
  const value = object();
  for (const property of node.properties) addProperty(value, property, at);
  objectOptions(node, value, at);
  definitionHandler(node, value, at);
  return value;
}

function addProperty(
  value: Value,
  property: AST.ObjectExpression['properties'][number],
  at: At,
): void {
  if (property.type === 'SpreadElement') {
    spread(value, evaluate(property.argument, at));
    return;
  }
  const name = propertyName(property.key, property.computed);
  const field =
    property.type === 'ObjectMethod'
      ? closureOf(property, at, value)
      : evaluate(property.value, at);
  if (name === undefined) {
    evaluate(property.key, at);
    pour(value, field);
  } else {
    value.fields?.delete(name);
    setField(value, name, field);
  }
}

export function spread(target: Value, from: Value): void {
  target.labels |= from.labels;
  target.origin ??= from.origin;
  target.kind ??= from.kind === 'headers' || from.kind === 'query' ? from.kind : undefined;
  for (const [name, field] of from.fields ?? []) setField(target, name, field);
}
