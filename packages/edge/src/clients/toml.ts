import {
  type AST,
  getStaticTOMLValue,
  ParseError,
  parseTOML,
  traverseNodes,
} from 'toml-eslint-parser';
import {
  type ArgumentList,
  type ClientDocument,
  type Extras,
  KIND_KEYS,
  type Literal,
  MAP_KEYS,
  type NamedList,
  type NamedLiteral,
  type Scalar,
  type ServerEntry,
  type ServerForm,
  type TextMap,
  type TextRange,
  VARIABLE_KEYS,
} from './document.ts';
import { follows, indentBefore, isOff, NEITHER, URL_KEYS } from './form.ts';

/** TOML: tables, dotted keys and inline tables alike. */
export function readToml(whole: string, at: readonly (readonly string[])[]): ClientDocument {
  const text = whole.startsWith('\ufeff') ? ` ${whole.slice(1)}` : whole;
  try {
    const program = parseTOML(text);
    const pairs = pairsOf(program);
    return {
      ok: true,
      servers: at.flatMap((pattern) => serversAt({ text, pairs, program }, pattern)),
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

interface Parsed {
  readonly text: string;
  readonly pairs: readonly Pair[];
  readonly program: AST.TOMLProgram;
}

function serversAt(parsed: Parsed, pattern: readonly string[]): ServerEntry[] {
  const servers = new Map<string, { at: readonly string[]; own: Pair[] }>();
  const depth = pattern.length + 1;
  for (const pair of parsed.pairs) {
    if (pair.keys.length <= depth || !follows(pair.keys, pattern)) continue;
    const at = pair.keys.slice(0, depth);
    const server = servers.get(at.join('\0')) ?? { at, own: [] };
    if (pair.keys.length === depth + 1) server.own.push(pair);
    servers.set(at.join('\0'), server);
  }
  return [...servers.values()].map(({ at, own }) => ({
    at,
    name: at.at(-1) ?? '',
    form: formOf(parsed, at, own),
    off: isOff((flag) => plainValue(own.find(({ keys }) => keys.at(-1) === flag)?.value)),
  }));
}

function formOf(parsed: Parsed, at: readonly string[], own: readonly Pair[]): ServerForm {
  const { text } = parsed;
  const find = (key: string): Pair | undefined => own.find((pair) => pair.keys.at(-1) === key);
  const command = find('command');
  if (command === undefined) {
    const address = URL_KEYS.map(find).find((one) => textOf(one?.value) !== undefined);
    return address === undefined ? NEITHER : remote(parsed, at, own, address);
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
    key: keyRange(command),
    command: literal,
    args,
    insertion: insertionAfter(text, command),
    extras: extrasOf(parsed, at, own),
  };
}

function remote(
  parsed: Parsed,
  at: readonly string[],
  own: readonly Pair[],
  address: Pair,
): ServerForm {
  const [one] = named(address);
  if (one === undefined) return NEITHER;
  return {
    kind: 'remote',
    url: one.value.value,
    holder: at,
    address: one,
    insertion: insertionAfter(parsed.text, address),
    extras: extrasOf(parsed, at, own),
  };
}

function extrasOf(parsed: Parsed, at: readonly string[], own: readonly Pair[]): Extras {
  const inner = parsed.pairs.filter(({ keys }) => keys.length > at.length && follows(keys, at));
  const is = (keys: readonly string[], { keys: all }: Pair): boolean =>
    keys.includes(all.at(-1) ?? '');
  return {
    names: [...new Set(inner.map(({ keys }) => keys[at.length] ?? ''))],
    kinds: own.filter((one) => is(KIND_KEYS, one)).flatMap(named),
    maps: MAP_KEYS.flatMap((key) => mapOf(parsed, [...at, key], own)),
    variables: own.filter((one) => is(VARIABLE_KEYS, one)).flatMap(listOf),
  };
}

/** An inline table, or a table of its own; not one that is spread over dotted keys. */
function mapOf({ pairs, program }: Parsed, at: readonly string[], own: readonly Pair[]): TextMap[] {
  const items = pairs.filter(({ keys }) => keys.length > at.length && follows(keys, at));
  const texts = items.filter(({ keys }) => keys.length === at.length + 1).flatMap(named);
  if (texts.length < items.length) return [];
  const name = at.at(-1) ?? '';
  const inline = own.find(({ keys }) => keys.at(-1) === name);
  if (inline?.value.type === 'TOMLInlineTable') {
    const inside = inline.value.range[0] + 1;
    const [, end] = inline.value.range;
    return [{ name, key: keyRange(inline), inside, end, items: texts }];
  }
  const table = program.body[0].body.find(
    (one) => one.type === 'TOMLTable' && one.kind === 'standard' && same(one.resolvedKey, at),
  );
  const key = table?.type === 'TOMLTable' ? table.key.keys.at(-1) : undefined;
  return key === undefined
    ? []
    : [{ name, key: range(key), inside: undefined, end: undefined, items: texts }];
}

const same = (a: readonly (string | number)[], b: readonly string[]): boolean =>
  a.length === b.length && follows(a.map(String), b);

function listOf(one: Pair): NamedList[] {
  const { value } = one;
  const values = (value.type === 'TOMLArray' ? value.elements : [value]).map((node) =>
    textOf(node),
  );
  const texts = values.flatMap((text) => (text === undefined ? [] : [text.value]));
  if (texts.length < values.length) return [];
  return [{ name: one.keys.at(-1) ?? '', key: keyRange(one), ...range(value), values: texts }];
}

function named(one: Pair): NamedLiteral[] {
  const value = textOf(one.value);
  return value === undefined ? [] : [{ name: one.keys.at(-1) ?? '', key: keyRange(one), value }];
}

const keyRange = ({ node }: Pair): TextRange => range(node.key.keys.at(-1) ?? node.key);

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
