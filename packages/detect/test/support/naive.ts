import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * Sigma's meaning of one `field|modifiers: values`, read from the specification and not from the
 * compiler: no indexes, no compiled patterns, one character at a time.
 */
export type Value = string | number | boolean | null;
export type Event = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Item {
  readonly field: string;
  readonly modifiers: readonly string[];
  readonly values: readonly Value[];
}

export type Condition =
  | { readonly op: 'and' | 'or'; readonly items: readonly Condition[] }
  | { readonly op: 'not'; readonly item: Condition }
  | { readonly op: 'selection'; readonly name: string };

/** Members of a selection all hold; its name stands for that in the condition. */
export type Selections = Readonly<Record<string, readonly Item[]>>;

export function holds(condition: Condition, selections: Selections, event: Event): boolean {
  if (condition.op === 'not') return !holds(condition.item, selections, event);
  if (condition.op === 'selection')
    return (selections[condition.name] ?? []).every((item) => itemHolds(item, event));
  const found = condition.items.map((item) => holds(item, selections, event));
  return condition.op === 'and' ? !found.includes(false) : found.includes(true);
}

const PLACEHOLDERS: Readonly<Record<string, readonly string[]>> = { who: ['a', 'b*'] };

function itemHolds({ field, modifiers, values }: Item, event: Event): boolean {
  const has = (name: string): boolean => modifiers.includes(name);
  const found = valuesOf(event[field]);
  const texts = event[field] === '' ? [''] : found;
  const results = values.map((value) => {
    if (has('exists')) return found.length > 0 === value;
    if (value === null) return found.length === 0;
    if (has('fieldref')) {
      const others = valuesOf(event[String(value)]);
      return others.some((one) => found.some((two) => compare(two, literal(one), modifiers)));
    }
    for (const operator of ['lt', 'lte', 'gt', 'gte'] as const)
      if (has(operator)) return found.some((one) => order(operator, Number(one), Number(value)));
    return texts.some((one) => valueHolds(one, String(value), modifiers));
  });
  const all = has('all') ? !results.includes(false) : results.includes(true);
  return has('neq') ? !all : all;
}

/** What is empty is not there, but for the text that asks for what is empty. */
function valuesOf(value: Event[string] | undefined): readonly string[] {
  if (value === undefined || value === '') return [];
  return typeof value === 'object' ? value : [String(value)];
}

const order = (operator: 'lt' | 'lte' | 'gt' | 'gte', a: number, b: number): boolean =>
  ({ lt: a < b, lte: a <= b, gt: a > b, gte: a >= b })[operator];

function valueHolds(found: string, value: string, modifiers: readonly string[]): boolean {
  if (modifiers.includes('re')) {
    const flags = ['i', 'm', 's'].filter((flag) => modifiers.includes(flag)).join('');
    return new RegExp(value, flags).test(found);
  }
  if (modifiers.includes('cidr')) return inNetwork(found, value);
  if (modifiers.includes('expand') && value === '%who%')
    return (PLACEHOLDERS.who ?? []).some((one) => compare(found, tokens(one), modifiers));
  return forms(value, modifiers).some((form) => compare(found, form, modifiers));
}

type Token = { readonly plain: string } | 'one' | 'many';
type Form = readonly Token[];

function tokens(text: string): Form {
  const found: Token[] = [];
  for (let at = 0; at < text.length; at++) {
    const [character = '', next = ''] = [text[at], text[at + 1]];
    if (character === '\\' && '*?\\'.includes(next) && next !== '') {
      found.push({ plain: next });
      at++;
    } else if (character === '*') found.push('many');
    else found.push(character === '?' ? 'one' : { plain: character });
  }
  return found;
}

const literal = (text: string): Form => [...text].map((plain) => ({ plain }));

function forms(value: string, modifiers: readonly string[]): readonly Form[] {
  const wide = modifiers.find((name) => name.startsWith('utf16') || name === 'wide');
  const encoding = modifiers.find((name) => name.startsWith('base64'));
  if (wide === undefined && encoding === undefined) return dashes(tokens(value), modifiers);
  const le = Buffer.from(value, 'utf16le');
  const bom = wide === 'utf16' ? Buffer.from([255, 254]) : Buffer.alloc(0);
  const encoded = wide === 'utf16be' ? Buffer.from(le).swap16() : Buffer.concat([bom, le]);
  const bytes = wide === undefined ? Buffer.from(value) : encoded;
  if (encoding === undefined) return [literal(bytes.toString('latin1'))];
  if (encoding === 'base64') return [literal(bytes.toString('base64'))];
  return [0, 1, 2].map((shift) => literal(fixedPart(bytes, shift)));
}

/** The characters that do not depend on what stands around the bytes: try, and see what changes. */
function fixedPart(bytes: Buffer, shift: number): string {
  const around = (byte: number): string =>
    Buffer.concat([Buffer.alloc(shift, byte), bytes, Buffer.alloc(3, byte)]).toString('base64');
  const [one, other] = [around(0), around(255)];
  const size = Math.ceil(((shift + bytes.length) * 8) / 6);
  return [...one.slice(0, size)].filter((character, at) => character === other[at]).join('');
}

const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];

function dashes(found: Form, modifiers: readonly string[]): readonly Form[] {
  if (!modifiers.includes('windash')) return [found];
  const text = (token: Token | undefined): string => (typeof token === 'object' ? token.plain : '');
  const word = (token?: Token): boolean => /^\w$/.test(text(token));
  return found.reduce<readonly Form[]>(
    (made, token, at) => {
      const flag = DASHES.includes(text(token)) && !word(found[at - 1]) && word(found[at + 1]);
      const each: Form = flag ? DASHES.map((plain) => ({ plain })) : [token];
      return made.flatMap((head) => each.map((one) => [...head, one]));
    },
    [[]],
  );
}

function compare(found: string, form: Form, modifiers: readonly string[]): boolean {
  const has = (name: string): boolean => modifiers.includes(name);
  const fold = (text: string): string => (has('cased') ? text : text.toLowerCase());
  const many = (name: string): Form => (has('contains') || has(name) ? ['many'] : []);
  const wanted = [...many('endswith'), ...form, ...many('startswith')];
  const match = (at: number, token: number): boolean => {
    const next = wanted[token];
    if (next === undefined) return at === found.length;
    if (next === 'many') return match(at, token + 1) || (at < found.length && match(at + 1, token));
    if (at === found.length) return false;
    const same = next === 'one' || fold(next.plain) === fold(found[at] ?? '');
    return same && match(at + 1, token + 1);
  };
  return match(0, 0);
}

function inNetwork(found: string, cidr: string): boolean {
  const [address = '', bits = ''] = cidr.split('/');
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  if (family === 'ipv4' ? !isIPv4(found) : !isIPv6(found)) return false;
  const network = new BlockList();
  network.addSubnet(address, Number(bits), family);
  return network.check(found, family);
}
