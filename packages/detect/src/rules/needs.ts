import { isLabel, type Label } from '@spoor/core';
import type { Expression } from './expression.ts';
import type { FieldTest } from './field-test.ts';
import type { Needs } from './types.ts';

/** What has to hold in any case, so that the engine can skip predicates by index. */
export function needsOf(expression: Expression): Needs {
  switch (expression.op) {
    case 'test':
      return needsOfTest(expression.test);
    case 'and':
      return expression.items.map(needsOf).reduce(both, {});
    case 'or':
      // Of no alternatives none is met.
      return expression.items.length === 0
        ? { kinds: new Set() }
        : expression.items.map(needsOf).reduce(either);
    default:
      return {};
  }
}

function needsOfTest({ field, equals }: FieldTest): Needs {
  if (!equals) return {};
  // Comparison ignores case.
  const texts = equals.map((text) => text.toLowerCase());
  const values = new Set(texts);
  if (field.name === 'kind') return { kinds: values };
  if (field.name === 'outcome') return { outcomes: values };
  const labels = texts.filter(isLabel);
  if (field.name === 'tool.labels' && labels.length === texts.length)
    return { labels: new Set<Label>(labels) };
  if (field.type !== 'string' && field.type !== 'strings') return {};
  return { values: new Map([[field, values]]) };
}

function both(a: Needs, b: Needs): Needs {
  const kinds = narrow(a.kinds, b.kinds);
  const outcomes = narrow(a.outcomes, b.outcomes);
  // Two label tests cannot be narrowed to one set: a tool may meet them with different labels.
  const labels = a.labels ?? b.labels;
  // Of two tests of one field either is enough to find the predicate by.
  const values =
    a.values && b.values ? new Map([...b.values, ...a.values]) : (a.values ?? b.values);
  return {
    ...(kinds && { kinds }),
    ...(outcomes && { outcomes }),
    ...(labels && { labels }),
    ...(values && { values }),
  };
}

function either(a: Needs, b: Needs): Needs {
  const shared = [...(a.values ?? [])].flatMap(([field, values]) => {
    const others = b.values?.get(field);
    return others ? [[field, new Set([...values, ...others])] as const] : [];
  });
  return {
    ...(a.kinds && b.kinds && { kinds: new Set([...a.kinds, ...b.kinds]) }),
    ...(a.outcomes && b.outcomes && { outcomes: new Set([...a.outcomes, ...b.outcomes]) }),
    ...(a.labels && b.labels && { labels: new Set([...a.labels, ...b.labels]) }),
    ...(shared.length > 0 && { values: new Map(shared) }),
  };
}

const narrow = <T>(
  a: ReadonlySet<T> | undefined,
  b: ReadonlySet<T> | undefined,
): ReadonlySet<T> | undefined =>
  a && b ? new Set([...a].filter((item) => b.has(item))) : (a ?? b);
