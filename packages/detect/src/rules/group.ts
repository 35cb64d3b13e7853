import { nearest, type Observation } from '@spoor/core';
import { isMap, isScalar, type YAMLMap } from 'yaml';
import { FIELD_NAMES, type Field, type FieldValue, findField } from '../schema.ts';
import { itemAt, mapAt, RuleFault, textsAt } from './document.ts';
import type { GroupField } from './types.ts';

/** Finds what a correlation names, a detection or another correlation, by `name` or `id`. */
export type FindPredicate = (name: string) => number | undefined;

/** The fields that say which matches belong together. */
export function readGroup(correlation: YAMLMap, find: FindPredicate): readonly GroupField[] {
  const names = textsAt(correlation, 'group-by');
  if (names.length === 0) {
    throw new RuleFault(
      'missing',
      correlation,
      '“group-by” says what belongs together, such as session',
    );
  }
  const aliases = correlation.has('aliases') ? mapAt(correlation, 'aliases') : undefined;
  return names.map((name) => {
    const alias: unknown = aliases?.get(name, true);
    if (isMap(alias)) return readAlias(name, alias, find);
    const field = scalarField(name, itemAt(correlation, 'group-by', name));
    return { name, isAlias: false, get: (observation) => scalar(field.get(observation)) };
  });
}

function readAlias(name: string, alias: YAMLMap, find: FindPredicate): GroupField {
  const fields = new Map<number, Field<Observation>>();
  for (const { key, value } of alias.items) {
    const rule = isScalar(key) ? String(key.value) : '';
    const predicate = find(rule);
    if (predicate === undefined) {
      throw new RuleFault('unknown-rule', key, `no rule is called “${rule}”`);
    }
    fields.set(predicate, scalarField(isScalar(value) ? String(value.value) : '', value));
  }
  return {
    name,
    isAlias: true,
    get: (observation, predicate) => scalar(fields.get(predicate)?.get(observation)),
  };
}

export function scalarField(name: string, node: unknown): Field<Observation> {
  const field = findField(name);
  if (field && field.type !== 'strings') return field;
  const near = nearest(name, FIELD_NAMES);
  const message = field
    ? `“${name}” has several values and cannot group`
    : `unknown field “${name}”; did you mean “${near}”?`;
  throw new RuleFault('unknown-field', node, message);
}

export const scalar = (value: FieldValue): string | undefined =>
  value === undefined ? undefined : String(value);
