import type { FlowEdge, Observation } from '@spoor/core';
import { nearest } from '@spoor/core';
import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import {
  CONTENT_FIELDS,
  EVERY_FIELD,
  FIELD_NAMES,
  type Field,
  findField,
  findFlowField,
} from '../schema.ts';
import { parseCondition } from './condition.ts';
import { type ContentPool, findContentField } from './content.ts';
import { RuleFault, textAt } from './document.ts';
import type { Expression } from './expression.ts';
import {
  type FieldTest,
  fieldTest,
  type Reference,
  readValues,
  type Written,
} from './field-test.ts';
import { type Modifier, readModifiers } from './modifiers.ts';
import type { Placeholders } from './pattern.ts';

/** Gives equal tests equal numbers. */
export class TestNumbers {
  readonly #known = new Map<string, number>();

  of(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#known.set(text, this.#known.size);
    return this.#known.size - 1;
  }

  get count(): number {
    return this.#known.size;
  }
}

/** What the detections of a set of rules share. */
export interface Shared {
  readonly numbers: TestNumbers;
  readonly content: ContentPool;
  readonly placeholders: Placeholders;
}

/** The `detection` part of a document: selections and the condition over them. */
export function readDetection(detection: YAMLMap, shared: Shared): Expression {
  const selections = new Map<string, Expression>();
  for (const { key, value } of detection.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (name === 'timeframe')
      throw new RuleFault('unsupported', key, '“timeframe” is Sigma 1; write a correlation');
    if (name !== 'condition') selections.set(name, readSelection(value, key, shared));
  }
  if (selections.size === 0) throw new RuleFault('missing', detection, 'there is no selection');
  return readCondition(detection, selections);
}

/** One condition, or several of which one is enough. */
function readCondition(
  detection: YAMLMap,
  selections: ReadonlyMap<string, Expression>,
): Expression {
  const node: unknown = detection.get('condition', true);
  if (!isSeq(node)) return parseCondition(textAt(detection, 'condition'), selections, node);
  const items = node.items.map((item) => {
    if (isScalar(item) && typeof item.value === 'string')
      return parseCondition(item.value, selections, item);
    throw new RuleFault('bad-value', item ?? node, '“condition” is text, or a list of texts');
  });
  if (items.length === 0) throw new RuleFault('missing', node, '“condition” is empty');
  return { op: 'or', items };
}

function readSelection(node: unknown, key: unknown, shared: Shared): Expression {
  if (isMap(node)) return readMap(node, shared);
  if (isSeq(node) && node.items.length > 0) {
    const items = node.items.map((item) =>
      isMap(item) ? readMap(item, shared) : readKeywords(item, [], item, shared),
    );
    return { op: 'or', items };
  }
  const message = 'a selection is a map of fields, or a list of maps or keywords';
  throw new RuleFault('bad-value', node ?? key, message);
}

/** All members must hold. Those of `flow.*` must hold of one and the same flow. */
function readMap(map: YAMLMap, shared: Shared): Expression {
  const items: Expression[] = [];
  const edges: FieldTest<FlowEdge>[] = [];
  for (const { key, value } of map.items) {
    const text = isScalar(key) ? String(key.value) : '';
    const [name = '', ...names] = text.split('|');
    const modifiers = readModifiers(names, key);
    const flowField = findFlowField(name);
    if (flowField) edges.push(testOf(flowField, modifiers, value, edgeReference, shared));
    else if (name === '') items.push(readKeywords(value, modifiers, key, shared));
    else items.push(readField(name, modifiers, key, value, shared));
  }
  if (edges.length > 0) items.push({ op: 'edge', tests: edges });
  if (items.length === 0)
    throw new RuleFault('bad-value', map, 'an empty selection matches anything');
  return { op: 'and', items };
}

function readField(
  name: string,
  modifiers: readonly Modifier[],
  key: unknown,
  value: unknown,
  shared: Shared,
): Expression {
  const field = findField(name);
  if (field) return { op: 'test', test: testOf(field, modifiers, value, ownReference, shared) };
  const content = findContentField(name);
  if (!content) {
    const near = nearest(name, FIELD_NAMES);
    throw new RuleFault('unknown-field', key, `unknown field “${name}”; did you mean “${near}”?`);
  }
  const { placeholders } = shared;
  const [written, rest] = [readValues(value, modifiers), withoutLinks(modifiers)];
  const items = written.map((one): Expression => {
    return { op: 'content', test: shared.content.add(content, rest, one, placeholders) };
  });
  return linked(items, modifiers);
}

const withoutLinks = (modifiers: readonly Modifier[]): readonly Modifier[] =>
  modifiers.filter((name) => name !== 'all' && name !== 'neq');

function linked(items: readonly Expression[], modifiers: readonly Modifier[]): Expression {
  const joined: Expression = { op: modifiers.includes('all') ? 'and' : 'or', items };
  return modifiers.includes('neq') ? { op: 'not', item: joined } : joined;
}

function testOf<Source extends Observation | FlowEdge>(
  field: Field<Source>,
  modifiers: readonly Modifier[],
  value: unknown,
  reference: Reference<Source>,
  { numbers, placeholders }: Shared,
): FieldTest<Source> {
  const written = readValues(value, modifiers);
  const index = numbers.of(
    JSON.stringify([field.name, modifiers, written.map((one) => one.value)]),
  );
  const context = { placeholders, reference };
  return { index, ...fieldTest(field, modifiers, written, context) };
}

const ownReference: Reference<Observation> = (name) => findField(name)?.get;

/** A field of the same flow, or of the call that it flowed into. */
const edgeReference: Reference<FlowEdge> = (name) => {
  const flow = findFlowField(name);
  if (flow) return (edge) => flow.get(edge);
  const field = findField(name);
  return field && ((_, observation) => field.get(observation));
};

/** Keywords stand anywhere: in any field, or in the content where that was asked. */
function readKeywords(
  node: unknown,
  modifiers: readonly Modifier[],
  key: unknown,
  shared: Shared,
): Expression {
  const wrong = modifiers.find((name) => NOT_OF_KEYWORDS.has(name));
  if (wrong !== undefined)
    throw new RuleFault('modifier', key, `“${wrong}” needs a field before it`);
  const rest = withoutLinks(modifiers);
  const anywhere: readonly Modifier[] = rest.includes('re') ? rest : [...rest, 'contains'];
  const items = readValues(node, modifiers).map((one) => readKeyword(one, anywhere, shared));
  return linked(items, modifiers);
}

const NOT_OF_KEYWORDS: ReadonlySet<Modifier> = new Set([
  'exists',
  'fieldref',
  'cidr',
  'lt',
  'lte',
  'gt',
  'gte',
  'startswith',
  'endswith',
]);

function readKeyword(written: Written, modifiers: readonly Modifier[], shared: Shared): Expression {
  if (written.value === null || written.value === '')
    throw new RuleFault('bad-value', written.node, 'an empty keyword stands in everything');
  const { numbers, placeholders, content } = shared;
  const context = { placeholders, reference: ownReference };
  const index = numbers.of(JSON.stringify([EVERY_FIELD.name, modifiers, written.value]));
  const test = { index, ...fieldTest(EVERY_FIELD, modifiers, [written], context) };
  const inContent = CONTENT_FIELDS.map((field): Expression => {
    return { op: 'content', test: content.add(field, modifiers, written, placeholders) };
  });
  return { op: 'or', items: [{ op: 'test', test }, ...inContent] };
}
