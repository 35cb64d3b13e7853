import {
  type Node,
  type ParseError,
  parse,
  parseTree,
  printParseErrorCode,
  visit,
} from 'jsonc-parser';
import {
  type ArgumentList,
  type ClientDocument,
  type Extras,
  KIND_KEYS,
  type ListInsertion,
  type Literal,
  MAP_KEYS,
  type NamedList,
  type NamedLiteral,
  type Outline,
  type RemoteForm,
  type Scalar,
  type ServerEntry,
  type ServerForm,
  type TextMap,
  type TextRange,
  VARIABLE_KEYS,
} from './document.ts';
import { indentBefore, isOff, NEITHER, position, URL_KEYS } from './form.ts';

const OPTIONS = { allowTrailingComma: true, disallowComments: false };

/** JSON with comments and trailing commas; of equal keys the last counts, as it does to clients. */
export function readJsonc(whole: string, at: readonly (readonly string[])[]): ClientDocument {
  // A byte order mark is no part of the JSON; a blank in its place keeps all offsets.
  const text = whole.startsWith('\ufeff') ? ` ${whole.slice(1)}` : whole;
  if (text.trim() === '') {
    const outline = { scalars: [], comments: [] };
    return { ok: true, servers: [], value: () => ({}), outline: () => outline };
  }
  const errors: ParseError[] = [];
  try {
    const root = parseTree(text, errors, OPTIONS);
    const [error] = errors;
    if (error !== undefined) {
      return { ok: false, ...position(text, error.offset), why: printParseErrorCode(error.error) };
    }
    return {
      ok: true,
      servers: root === undefined ? [] : at.flatMap((pattern) => serversAt(text, root, pattern)),
      value: () => parse(text, [], OPTIONS) as unknown,
      outline: () => outline(text),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, line: 1, column: 1, why: 'nested too deeply' };
  }
}

function serversAt(text: string, root: Node, pattern: readonly string[]): ServerEntry[] {
  return containers(root, pattern, []).flatMap(({ node, keys }) =>
    members(node).map(({ key, value }) => ({
      at: [...keys, key],
      name: key,
      form: formOf(text, value, [...keys, key]),
      off: isOff((flag) => member(value, flag)?.value.value),
    })),
  );
}

interface Found {
  readonly node: Node;
  readonly keys: readonly string[];
}

function containers(node: Node, [first, ...rest]: readonly string[], keys: string[]): Found[] {
  if (first === undefined) return [{ node, keys }];
  return members(node)
    .filter(({ key }) => first === '*' || key === first)
    .flatMap(({ key, value }) => containers(value, rest, [...keys, key]));
}

interface Member {
  readonly key: string;
  readonly property: Node;
  readonly value: Node;
}

/** The members that count: of equal keys the last. */
function members(node: Node): Member[] {
  if (node.type !== 'object') return [];
  const byKey = new Map<string, Member>();
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) continue;
    byKey.set(String(key.value), { key: String(key.value), property, value });
  }
  return [...byKey.values()];
}

const member = (node: Node, key: string): Member | undefined =>
  members(node).find((one) => one.key === key);

function formOf(text: string, node: Node, at: readonly string[]): ServerForm {
  const command = member(node, 'command');
  if (command === undefined) {
    const address = URL_KEYS.map((key) => member(node, key)).find(
      (one) => one?.value.type === 'string',
    );
    return address === undefined ? NEITHER : remote(text, node, address, at);
  }
  if (command.value.type === 'string') return stdio(text, node, command, at, 'command');
  const path = member(command.value, 'path');
  if (path?.value.type === 'string') {
    return stdio(text, command.value, path, [...at, 'command'], 'path');
  }
  return { kind: 'other', why: 'its command is no text' };
}

function stdio(
  text: string,
  node: Node,
  command: Member,
  holder: readonly string[],
  commandKey: 'command' | 'path',
): ServerForm {
  const given = member(node, 'args');
  const args = given === undefined ? undefined : argumentsOf(text, given);
  if (args === null) return { kind: 'other', why: 'its arguments are not all text' };
  return {
    kind: 'stdio',
    holder,
    commandKey,
    key: keyRange(command),
    command: literal(command.value),
    args,
    insertion: insertionAfter(text, command),
    extras: extrasOf(node),
  };
}

function remote(text: string, node: Node, address: Member, at: readonly string[]): RemoteForm {
  return {
    kind: 'remote',
    url: String(address.value.value),
    holder: at,
    address: named(address),
    insertion: insertionAfter(text, address),
    extras: extrasOf(node),
  };
}

function insertionAfter(text: string, { property, value }: Member): ListInsertion {
  const gap = indentBefore(text, property.offset) ?? ' ';
  return { at: endOf(value), before: `,${gap}"args": [`, after: ']' };
}

function extrasOf(node: Node): Extras {
  const all = members(node);
  return {
    names: all.map(({ key }) => key),
    kinds: all.filter(({ key, value }) => KIND_KEYS.includes(key) && isText(value)).map(named),
    maps: all.flatMap((one) => (MAP_KEYS.includes(one.key) ? mapOf(one) : [])),
    variables: all.flatMap((one) => (VARIABLE_KEYS.includes(one.key) ? listOf(one) : [])),
  };
}

function mapOf(one: Member): TextMap[] {
  const items = members(one.value);
  const isMap = one.value.type === 'object' && items.every(({ value }) => isText(value));
  const inside = one.value.offset + 1;
  return isMap
    ? [
        {
          name: one.key,
          key: keyRange(one),
          inside,
          end: endOf(one.value),
          items: items.map(named),
        },
      ]
    : [];
}

function listOf(one: Member): NamedList[] {
  const values = one.value.type === 'array' ? (one.value.children ?? []) : [one.value];
  if (!values.every(isText)) return [];
  const texts = values.map(({ value }) => String(value));
  return [{ name: one.key, key: keyRange(one), ...range(one.value), values: texts }];
}

const isText = ({ type }: Node): boolean => type === 'string';
const named = (one: Member): NamedLiteral => ({
  name: one.key,
  key: keyRange(one),
  value: literal(one.value),
});
const keyRange = ({ property }: Member): TextRange => range(property.children?.[0] ?? property);

/** Null where an element is no text. */
function argumentsOf(text: string, { property, value }: Member): ArgumentList | null {
  const items = value.children ?? [];
  if (value.type !== 'array' || items.some(({ type }) => type !== 'string')) return null;
  const before = text.slice(0, property.offset).trimEnd();
  const start = before.endsWith(',') ? before.length - 1 : property.offset;
  return { ...range(value), items: items.map(literal), removal: { start, end: endOf(value) } };
}

const endOf = (node: Node): number => node.offset + node.length;
const range = (node: Node): TextRange => ({ start: node.offset, end: endOf(node) });
const literal = (node: Node): Literal => ({ ...range(node), value: String(node.value) });

function outline(text: string): Outline {
  const scalars: Scalar[] = [];
  const comments: TextRange[] = [];
  visit(
    text,
    {
      onLiteralValue: (value, start, length, _line, _column, pathOf) =>
        scalars.push({ start, end: start + length, at: pathOf(), value }),
      onComment: (start, length) => comments.push({ start, end: start + length }),
    },
    OPTIONS,
  );
  return { scalars, comments };
}
