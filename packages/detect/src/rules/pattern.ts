/**
 * Sigma's texts as values of tests: plain pieces and wildcards, and what modifiers make of them.
 * `null` stands for any run of characters, `true` for any one.
 */
export type Part = string | null | true;

export interface Pattern {
  readonly parts: readonly Part[];
  /** Each character is one byte: the text was encoded, and base64 takes it as it is. */
  readonly bytes: boolean;
}

/** Why a modifier cannot be applied to a value. */
export class PatternFault extends Error {}

/** Sigma's `*` and `?`; a backslash before them makes them plain. */
export function parsePattern(text: string): Pattern {
  const parts: Part[] = [];
  for (const piece of text.match(/\\[*?\\]|[*?]|[^*?\\]+|\\/g) ?? ['']) {
    if (piece === '*') parts.push(null);
    else if (piece === '?') parts.push(true);
    else append(parts, piece.length === 2 && piece.startsWith('\\') ? piece.slice(1) : piece);
  }
  return { parts, bytes: false };
}

function append(parts: Part[], plain: string): void {
  const last = parts.at(-1);
  if (typeof last === 'string') parts[parts.length - 1] = last + plain;
  else parts.push(plain);
}

/** The pattern anywhere, at the beginning or at the end of a value. */
export function placed(pattern: Pattern, open: boolean, start: boolean, end: boolean): Pattern {
  const parts = [...pattern.parts];
  if ((open || end) && parts[0] !== null) parts.unshift(null);
  if ((open || start) && parts.at(-1) !== null) parts.push(null);
  return { ...pattern, parts };
}

const DASHES: readonly string[] = ['-', '/', '\u2013', '\u2014', '\u2015'];
const DASH = /(?<![\p{L}\p{N}_])[-/\u2013\u2014\u2015](?=[\p{L}\p{N}_])/gu;
/** Each dash multiplies the alternatives by five. */
const DASHES_MAX = 3;

/** Windows takes several characters for the dash before a flag. */
export function windash(pattern: Pattern): readonly Pattern[] {
  const count = pattern.parts.reduce<number>((sum, part) => sum + dashesIn(part), 0);
  if (count > DASHES_MAX)
    throw new PatternFault(`“windash” takes at most ${DASHES_MAX} flags in one value`);
  let found: readonly Pattern[] = [{ ...pattern, parts: [] }];
  for (const part of pattern.parts) {
    const forms: readonly Part[] = typeof part === 'string' ? dashed(part) : [part];
    found = found.flatMap(({ parts }) =>
      forms.map((form) => ({ ...pattern, parts: [...parts, form] })),
    );
  }
  return found;
}

const dashesIn = (part: Part): number =>
  typeof part === 'string' ? (part.match(DASH)?.length ?? 0) : 0;

function dashed(text: string): readonly string[] {
  let forms: readonly string[] = [''];
  let from = 0;
  for (const { index } of text.matchAll(DASH)) {
    const head = text.slice(from, index);
    forms = forms.flatMap((form) => DASHES.map((dash) => form + head + dash));
    from = index + 1;
  }
  return forms.map((form) => form + text.slice(from));
}

export type Wide = 'utf16' | 'utf16le' | 'utf16be' | 'wide';

/** The bytes of the text in UTF-16, each as one character. */
export function widen(pattern: Pattern, kind: Wide): Pattern {
  const parts = pattern.parts.map((part) => (typeof part === 'string' ? utf16(part, kind) : part));
  if (kind === 'utf16') {
    const first = parts[0];
    if (typeof first === 'string') parts[0] = `\u00ff\u00fe${first}`;
    else parts.unshift('\u00ff\u00fe');
  }
  return { parts, bytes: true };
}

function utf16(text: string, kind: Wide): string {
  let bytes = '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const [low, high] = [String.fromCharCode(unit & 255), String.fromCharCode(unit >> 8)];
    bytes += kind === 'utf16be' ? high + low : low + high;
  }
  return bytes;
}

/** One text in base64; with `offset`, what of it stays the same wherever it stands in a longer. */
export function base64(pattern: Pattern, offset: boolean): readonly Pattern[] {
  const [text = ''] = pattern.parts;
  if (pattern.parts.length !== 1 || typeof text !== 'string')
    throw new PatternFault('text with wildcards has no base64 form');
  if (text === '') throw new PatternFault('empty text has no base64 form');
  const bytes = pattern.bytes ? latin1(text) : new TextEncoder().encode(text);
  const forms = offset ? [0, 1, 2].map((shift) => shifted(bytes, shift)) : [encode(bytes)];
  return forms.map((form) => ({ parts: [form], bytes: false }));
}

const latin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

const encode = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** Characters of base64 that the bytes before or after them have a part in are cut off. */
function shifted(bytes: Uint8Array, shift: number): string {
  const whole = encode(new Uint8Array([...new Array<number>(shift).fill(32), ...bytes]));
  const start = [0, 2, 3][shift] ?? 0;
  const cut = [0, 3, 2][(bytes.length + shift) % 3] ?? 0;
  return whole.slice(start, whole.length - cut);
}

/** Values of `%name%`, by name. */
export type Placeholders = ReadonlyMap<string, readonly string[]>;

/** More values of one test are a table, not a rule. */
const EXPANSIONS_MAX = 1_000;

/** Puts values in the place of `%name%`; `\%` is a plain percent sign. */
export function expand(pattern: Pattern, known: Placeholders): readonly Pattern[] {
  let found: readonly (readonly Part[])[] = [[]];
  for (const part of pattern.parts) {
    const forms = typeof part === 'string' ? expansions(part, known) : [[part]];
    found = found.flatMap((parts) => forms.map((form) => joined(parts, form)));
    if (found.length > EXPANSIONS_MAX)
      throw new PatternFault(`“expand” gives more than ${EXPANSIONS_MAX} values`);
  }
  return found.map((parts) => ({ ...pattern, parts }));
}

function expansions(text: string, known: Placeholders): readonly (readonly Part[])[] {
  let found: readonly (readonly Part[])[] = [[]];
  for (const piece of text.match(/\\%|%[^%\\]+%|[^%\\]+|[%\\]/g) ?? []) {
    const name = piece.length > 2 && piece.startsWith('%') ? piece.slice(1, -1) : undefined;
    const forms = name === undefined ? [[piece === '\\%' ? '%' : piece]] : valuesOf(name, known);
    if (found.length * forms.length > EXPANSIONS_MAX)
      throw new PatternFault(`“expand” gives more than ${EXPANSIONS_MAX} values`);
    found = found.flatMap((parts) => forms.map((form) => joined(parts, form)));
  }
  return found;
}

/** A placeholder that nobody has given values for. */
export class PlaceholderFault extends PatternFault {}

function valuesOf(name: string, known: Placeholders): readonly (readonly Part[])[] {
  const values = known.get(name);
  if (values === undefined)
    throw new PlaceholderFault(
      `nobody says what %${name}% stands for; a document with “placeholders” can`,
    );
  return values.map((value) => parsePattern(value).parts);
}

function joined(head: readonly Part[], tail: readonly Part[]): readonly Part[] {
  const parts = [...head];
  for (const part of tail) {
    if (typeof part === 'string') append(parts, part);
    else parts.push(part);
  }
  return parts;
}
