import { LIMITS } from '@spoor/core';
import type { Document, YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';

/** YAML as plain values that know their lines. */
export interface Branch {
  readonly line: number;
  readonly text?: string;
  readonly fields?: ReadonlyMap<string, Branch>;
  readonly items?: readonly Branch[];
}

/** Throws where it is no YAML. */
export function parseTree(source: string): readonly Branch[] {
  const counter = new LineCounter();
  const documents = parseAllDocuments(source, { lineCounter: counter, logLevel: 'silent' });
  if (!Array.isArray(documents)) return [];
  const budget = { left: LIMITS.sourceAliasesMax };
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return grow(document.contents, { document, counter, budget });
  });
}

interface Growing {
  readonly document: Document.Parsed;
  readonly counter: LineCounter;
  readonly budget: { left: number };
}

/** An alias stands for what it names, as often as the budget lasts. */
function grow(node: unknown, growing: Growing): Branch {
  if (isAlias(node)) {
    growing.budget.left -= 1;
    if (growing.budget.left < 0) throw new RangeError('too many aliases');
    return grow(node.resolve(growing.document), growing);
  }
  const line = lineOf(node, growing);
  if (isScalar(node)) return { line, text: String(node.value ?? '') };
  if (isSeq(node)) return { line, items: node.items.map((item) => grow(item, growing)) };
  return isMap(node) ? { line, fields: fieldsOf(node, growing) } : { line };
}

/** Fields of a map; those of `<<` where they are not its own. */
function fieldsOf({ items }: YAMLMap, growing: Growing): ReadonlyMap<string, Branch> {
  const own = new Map<string, Branch>();
  const others: Branch[] = [];
  for (const { key, value } of items) {
    const name = isScalar(key) ? String(key.value) : '';
    const branch = { ...grow(value, growing), line: lineOf(key, growing) };
    if (name === '<<') others.push(branch);
    else own.set(name, branch);
  }
  return new Map([...others.flatMap(({ fields }) => [...(fields ?? [])]), ...own]);
}

const lineOf = (node: unknown, { counter }: Growing): number => {
  const range = (node as Node | null | undefined)?.range;
  return range ? counter.linePos(range[0]).line : 1;
};

/** What stands at a path, or nothing. */
export function at(branch: Branch | undefined, ...path: readonly string[]): Branch | undefined {
  let here = branch;
  for (const name of path) here = here?.fields?.get(name);
  return here;
}

export const entriesOf = (branch: Branch | undefined): readonly (readonly [string, Branch])[] => [
  ...(branch?.fields ?? []),
];
