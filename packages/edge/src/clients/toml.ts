import {
  type AST,
  getStaticTOMLValue,
  ParseError,
  parseTOML,
  traverseNodes,
} from 'toml-eslint-parser';
import type {
  ArgumentList,
  ClientDocument,
  Literal,
  Scalar,
  ServerEntry,
  ServerForm,
  TextRange,
} from './document.ts';
import { follows, formWithoutCommand, indentBefore, isOff } from './form.ts';

/** TOML: tables, dotted keys and inline tables alike. */
export function readToml(whole: string, at: readonly (readonly string[])[]): ClientDocument {
  const text = whole.startsWith('\ufeff') ? ` ${whole.slice(1)}` : whole;
  try {
    const program = parseTOML(text);
    const pairs = pairsOf(program);
    return {
      ok: true,
      servers: at.flatMap((pattern) => serversAt(text, pairs, pattern)),
      value: () => getStaticTOMLValue(program),
      outline: () => ({
        scalars: pairs.flatMap(({ keys, value }) => scalarsOf(value, keys)),
        comments: program.comments.map(range),
      }),
    };
  } catch (error) {
    if (error instanceof ParseError) {
      return { ok: false, line: error.lineNumber, column: error.column + 1, why: error.message };
    }
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, line: 1, column: 1, why: 'nested too deeply' };
  }
}

interface Pair {
  readonly keys: readonly string[];
  readonly node: AST.TOMLKeyValue;
  readonly value: AST.TOMLContentNode;
}

/** Every `key = value`, with the keys from the top; those in inline tables too. */
function pairsOf(program: AST.TOMLProgram): Pair[] {
  const pairs: Pair[] = [];
  const add = (node: AST.TOMLKeyValue, base: readonly string[]): void => {
    const keys = [...base, ...node.key.keys.map(nameOf)];
    pairs.push({ keys, node, value: node.value });
    if (node.value.type === 'TOMLInlineTable') for (const one of node.value.body) add(one, keys);
  };
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') add(node, []);
    else for (const one of node.body) add(one, node.resolvedKey.map(String));
  }
  return pairs;
}

const nameOf = (key: AST.TOMLBare | AST.TOMLQuoted): string =>
  key.type === 'TOMLBare' ? key.name : key.value;

function serversAt(
  text: string,
  pairs: readonly Pair[],
  pattern: readonly string[],
): ServerEntry[] {
  const servers = new Map<string, { at: readonly string[]; own: Pair[] }>();
  const depth = pattern.length + 1;
  for (const pair of pairs) {
    if (pair.keys.length <= depth || !follows(pair.keys, pattern)) continue;
    const at = pair.keys.slice(0, depth);
    const server = servers.get(at.join('\0')) ?? { at, own: [] };
    if (pair.keys.length === depth + 1) server.own.push(pair);
    servers.set(at.join('\0'), server);
  }
  return [...servers.values()].map(({ at, own }) => ({
    at,
    name: at.at(-1) ?? '',
    form: formOf(text, at, own),
    off: isOff((flag) => plainValue(own.find(({ keys }) => keys.at(-1) === flag)?.value)),
  }));
}

function formOf(text: string, at: readonly string[], own: readonly Pair[]): ServerForm {
  const find = (key: string): Pair | undefined => own.find((pair) => pair.keys.at(-1) === key);
  const command = find('command');
  if (command === undefined) {
    return formWithoutCommand((key) => textOf(find(key)?.value)?.value);
  }
  const literal = textOf(command.value);
  if (literal === undefined) return { kind: 'other', why: 'its command is no text' };
  const given = find('args');
  const args = given === undefined ? undefined : argumentsOf(text, given);
  if (args === null) return { kind: 'other', why: 'its arguments are not all text' };
  return {
    kind: 'stdio',
    holder: at,
    commandKey: 'command',
    command: literal,
    args,
    insertion: insertionAfter(text, command),
  };
}

/** In an inline table on the same line; else on a line of its own, below what follows on this. */
function insertionAfter(
  text: string,
  { node }: Pair,
): { at: number; before: string; after: string } {
  const key = text.slice(node.key.range[0], node.key.keys.at(-1)?.range[0]);
  const list = `${key}args = [`;
  if (node.parent.type === 'TOMLInlineTable') {
    return { at: node.range[1], before: `, ${list}`, after: ']' };
  }
  const at = lineEnd(text, node.range[1]);
  const gap = indentBefore(text, node.range[0]) ?? (text.startsWith('\r\n', at) ? '\r\n' : '\n');
  return { at, before: `${gap}${list}`, after: ']' };
}

function lineEnd(text: string, from: number): number {
  const end = /\r?\n/g;
  end.lastIndex = from;
  return end.exec(text)?.index ?? text.length;
}

/** Null where an element is no text. */
function argumentsOf(text: string, { node, value }: Pair): ArgumentList | null {
  if (value.type !== 'TOMLArray') return null;
  const items: Literal[] = [];
  for (const element of value.elements) {
    const item = textOf(element);
    if (item === undefined) return null;
    items.push(item);
  }
  return {
    ...range(value),
    items,
    removal: { start: removalStart(text, node), end: value.range[1] },
  };
}

function removalStart(text: string, node: AST.TOMLKeyValue): number {
  if (node.parent.type !== 'TOMLInlineTable') {
    return node.range[0] - (indentBefore(text, node.range[0]) ?? '').length;
  }
  const before = text.slice(0, node.range[0]).trimEnd();
  return before.endsWith(',') ? before.length - 1 : node.range[0];
}

const range = ({ range: [start, end] }: { readonly range: AST.Range }): TextRange => ({
  start,
  end,
});

const textOf = (node: AST.TOMLContentNode | undefined): Literal | undefined =>
  node?.type === 'TOMLValue' && node.kind === 'string'
    ? { ...range(node), value: node.value }
    : undefined;

const plainValue = (node: AST.TOMLContentNode | undefined): unknown =>
  node?.type === 'TOMLValue' ? node.value : undefined;

function scalarsOf(value: AST.TOMLContentNode, keys: readonly string[]): Scalar[] {
  if (value.type === 'TOMLInlineTable') return [];
  const scalars: Scalar[] = [];
  traverseNodes(value, {
    enterNode: (node) => {
      if (node.type !== 'TOMLValue') return;
      const list = value.type === 'TOMLArray' ? value.elements.indexOf(node) : -1;
      scalars.push({ ...range(node), at: list < 0 ? keys : [...keys, list], value: node.value });
    },
    leaveNode: () => undefined,
  });
  return scalars;
}
