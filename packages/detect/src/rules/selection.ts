import type { FlowEdge } from '@spoor/core';
import { nearest } from '@spoor/core';
import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { FIELD_NAMES, findField, findFlowField } from '../schema.ts';
import { parseCondition } from './condition.ts';
import { RuleFault, textAt } from './document.ts';
import type { Expression } from './expression.ts';
import { type FieldTest, fieldTest } from './field-test.ts';

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

/** The `detection` part of a document: selections and the condition over them. */
export function readDetection(detection: YAMLMap, numbers: TestNumbers): Expression {
  const selections = new Map<string, Expression>();
  for (const { key, value } of detection.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (name !== 'condition') selections.set(name, readSelection(value, key, numbers));
  }
  if (selections.size === 0) throw new RuleFault('missing', detection, 'there is no selection');
  return parseCondition(
    textAt(detection, 'condition'),
    selections,
    detection.get('condition', true),
  );
}

function readSelection(node: unknown, key: unknown, numbers: TestNumbers): Expression {
  if (isMap(node)) return readMap(node, numbers);
  if (isSeq(node) && node.items.length > 0) {
    const items = node.items.map((item) => {
      if (isMap(item)) return readMap(item, numbers);
      throw new RuleFault('bad-value', item, 'keywords without a field are not supported');
    });
    return { op: 'or', items };
  }
  throw new RuleFault(
    'bad-value',
    node ?? key,
    'a selection is a map of fields, or a list of maps',
  );
}

/** All members must hold. Those of `flow.*` must hold of one and the same flow. */
function readMap(map: YAMLMap, numbers: TestNumbers): Expression {
  const items: Expression[] = [];
  const edges: FieldTest<FlowEdge>[] = [];
  for (const { key, value } of map.items) {
    const text = isScalar(key) ? String(key.value) : '';
    const [name = '', ...modifiers] = text.split('|');
    const index = numbers.of(`${text}: ${JSON.stringify(value)}`);
    const flowField = findFlowField(name);
    if (flowField) {
      edges.push({ index, ...fieldTest(flowField, modifiers, key, value) });
      continue;
    }
    const field = findField(name);
    if (!field) {
      const near = nearest(name, FIELD_NAMES);
      throw new RuleFault('unknown-field', key, `unknown field “${name}”; did you mean “${near}”?`);
    }
    items.push({ op: 'test', test: { index, ...fieldTest(field, modifiers, key, value) } });
  }
  if (edges.length > 0) items.push({ op: 'edge', tests: edges });
  if (items.length === 0)
    throw new RuleFault('bad-value', map, 'an empty selection matches anything');
  return { op: 'and', items };
}
