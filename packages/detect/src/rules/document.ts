import { nearest } from '@spoor/core';
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import type { ProblemCode, RuleFile, RuleProblem } from './types.ts';

/** Stops the reading of one document; carries where and why. */
export class RuleFault extends Error {
  readonly code: ProblemCode;
  readonly node: unknown;
  /** Characters from the beginning of the node, where the place lies within it. */
  readonly offset: number;

  constructor(code: ProblemCode, node: unknown, message: string, offset = 0) {
    super(message);
    this.code = code;
    this.node = node;
    this.offset = offset;
  }
}

/** One YAML document of a rule file. */
export interface RuleDocument {
  readonly file: RuleFile;
  readonly map: YAMLMap;
  /** Turns a fault in this document into a problem with its place. */
  readonly locate: (fault: RuleFault) => RuleProblem;
}

/** Splits a file into documents. Syntax errors spoil their own document only. */
export function readDocuments(file: RuleFile): {
  readonly documents: readonly RuleDocument[];
  readonly problems: readonly RuleProblem[];
} {
  const lines = new LineCounter();
  const documents: RuleDocument[] = [];
  const problems: RuleProblem[] = [];
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const locate = (fault: RuleFault): RuleProblem => ({
    path: file.path,
    ...place(((fault.node as Node | undefined)?.range?.[0] ?? 0) + fault.offset),
    code: fault.code,
    message: fault.message,
  });
  const parsed = parseAllDocuments(file.text, { lineCounter: lines, logLevel: 'silent' });
  for (const document of 'empty' in parsed ? [] : parsed) {
    const error = document.errors[0];
    const { contents } = document;
    if (error) {
      const message = error.message.split('\n')[0] ?? '';
      problems.push({ path: file.path, ...place(error.pos[0]), code: 'yaml', message });
    } else if (isMap(contents)) documents.push({ file, map: contents, locate });
    else problems.push(locate(new RuleFault('yaml', contents, 'a rule is a map')));
  }
  return { documents, problems };
}

export function checkKeys(map: YAMLMap, known: readonly string[]): void {
  for (const { key } of map.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (known.includes(name)) continue;
    throw new RuleFault(
      'unknown-key',
      key,
      `unknown key “${name}”; did you mean “${nearest(name, known)}”?`,
    );
  }
}

export function textAt(map: YAMLMap, key: string): string {
  const node = map.get(key, true);
  if (isScalar(node) && typeof node.value === 'string' && node.value.trim() !== '') {
    return node.value.trim();
  }
  const code = node === undefined ? 'missing' : 'bad-value';
  throw new RuleFault(code, node ?? map, `“${key}” must be text`);
}

export const optionalTextAt = (map: YAMLMap, key: string): string | undefined =>
  map.has(key) ? textAt(map, key) : undefined;

/** A list of texts, or one text; [] where the key is absent. */
export function textsAt(map: YAMLMap, key: string): readonly string[] {
  const node: unknown = map.get(key, true);
  if (node === undefined) return [];
  const items = isSeq(node) ? node.items : [node];
  return items.map((item) => {
    if (isScalar(item) && typeof item.value === 'string') return item.value;
    throw new RuleFault('bad-value', item, `“${key}” must be a list of texts`);
  });
}

/** The node of one text of a list, for its place. */
export function itemAt(map: YAMLMap, key: string, text: string): unknown {
  const node: unknown = map.get(key, true);
  const items = isSeq(node) ? node.items : [];
  return items.find((item) => isScalar(item) && item.value === text) ?? node;
}

export function mapAt(map: YAMLMap, key: string): YAMLMap {
  const node: unknown = map.get(key, true);
  if (isMap(node)) return node;
  throw new RuleFault(
    node === undefined ? 'missing' : 'bad-value',
    node ?? map,
    `“${key}” must be a map`,
  );
}

export function oneOf<Choice extends string>(
  map: YAMLMap,
  key: string,
  choices: readonly Choice[],
): Choice {
  const text = textAt(map, key);
  const found = choices.find((choice) => choice === text);
  if (found) return found;
  throw new RuleFault(
    'bad-value',
    map.get(key, true),
    `“${key}” is one of ${choices.join(', ')}; did you mean “${nearest(text, choices)}”?`,
  );
}
