import { MASK_MARKER, type MaskPart, sipKey } from '@spoor/core';
import { Reading, type Span } from '../examine/reading.ts';
import { isSecretName, isSecretValue } from '../examine/secrets.ts';
import { readText } from '../examine/text.ts';
import { Tokens } from './tokens.ts';

/** A text of JSON in which some values are masked; all else is as it was, byte for byte. */
export interface MaskedText {
  readonly text: string;
  /** Values that were masked. */
  readonly count: number;
}

/** Where in a message the content stands that a mask is about. */
export type Place = 'arguments' | 'result';

/**
 * Masks within one message. Expects JSON that a strict reader has taken.
 *
 * @param part What is masked. Fields are paths from the arguments' object, and in a result from
 *   its structured content and from texts that are JSON themselves.
 */
export function maskMessage(text: string, place: Place, part: MaskPart): MaskedText {
  const known = new Set<string>();
  const first = new Masker(part, known, isPlace(place), isPlain(text, place, part)).run(text);
  if (place === 'arguments' || known.size === 0) return first;
  // Servers say in words what they also say in fields.
  const again = new Masker({}, known, isPlace(place)).run(first.text);
  return { text: again.text, count: first.count + again.count };
}

const isPlace = (place: Place): ((path: string) => 'fields' | 'texts' | undefined) =>
  place === 'arguments'
    ? (path) => (path === 'params.arguments' || path === 'params.uri' ? 'fields' : undefined)
    : (path) => RESULTS[path];

const RESULTS: Readonly<Record<string, 'fields' | 'texts'>> = {
  'result.structuredContent': 'fields',
  'result.content': 'texts',
  'result.contents': 'texts',
  'result.messages': 'texts',
  'error.message': 'texts',
  'error.data': 'texts',
};

/** Where only words come back, no field can be told from another: none of them goes on. */
function isPlain(text: string, place: Place, { fields = [] }: MaskPart): boolean {
  if (place === 'arguments' || fields.length === 0) return false;
  const { result } = JSON.parse(text) as { readonly result?: { structuredContent?: unknown } };
  return result?.structuredContent === undefined;
}

/** What is found is of no interest but for where it stands. */
const KEY = sipKey(new Uint8Array(16));
/** Shorter values stand in any text. */
const KNOWN_CHARS_MIN = 4;
/** Values that are looked for in other texts of the same result. */
const KNOWN_MAX = 1_000;

class Masker {
  readonly #fields: ReadonlySet<string>;
  readonly #classes: ReadonlySet<string>;
  readonly #part: MaskPart;
  readonly #known: Set<string>;
  readonly #looks: boolean;
  readonly #place: (path: string) => 'fields' | 'texts' | undefined;
  #tokens = new Tokens('');
  /** Are texts withheld that are no JSON? */
  readonly #plain: boolean;
  #count = 0;

  constructor(
    part: MaskPart,
    known: Set<string>,
    place: (path: string) => 'fields' | 'texts' | undefined,
    plain = false,
  ) {
    this.#plain = plain;
    const { fields = [], classes = [] } = part;
    this.#part = part;
    this.#fields = new Set(fields);
    this.#classes = new Set<string>(classes);
    this.#known = known;
    // Without anything to look for by name or kind, what was masked already is looked for.
    this.#looks = fields.length === 0 && classes.length === 0;
    this.#place = place;
  }

  run(text: string): MaskedText {
    this.#tokens = new Tokens(text);
    this.#value('', undefined, '', false);
    return { text: this.#tokens.written, count: this.#count };
  }

  /**
   * @param path From the top of the message.
   * @param inside Path from where fields are counted; undefined outside of content.
   * @param words Is it a list of texts, in which fields have no names?
   */
  #value(path: string, inside: string | undefined, member: string, words: boolean): void {
    const place = inside === undefined ? this.#place(path) : undefined;
    const at = place === undefined ? inside : '';
    const isWords = words || place === 'texts';
    const tokens = this.#tokens;
    const opening = tokens.peek();
    if (at !== undefined && !isWords && this.#fields.has(at)) this.#whole();
    else if (opening === '{')
      tokens.members(
        (key) => (at === undefined ? undefined : this.#key(key)),
        (key) =>
          this.#value(joined(path, key), at === undefined ? at : joined(at, key), key, isWords),
      );
    else if (opening === '[')
      tokens.items(() =>
        this.#value(`${path}[]`, at === undefined ? at : `${at}[]`, member, isWords),
      );
    else if (at === undefined) tokens.write(tokens.whole());
    else if (opening === '"') this.#string(member, isWords);
    else this.#number();
  }

  /** The value keeps its type, so that what reads it may go on. */
  #whole(): void {
    const tokens = this.#tokens;
    const raw = tokens.whole();
    this.#count += 1;
    this.#remember(raw);
    const [first = ''] = raw;
    if (first === '{' || first === '[') tokens.write(first === '{' ? '{}' : '[]');
    else if (first === '"') tokens.write(JSON.stringify(MASK_MARKER));
    else tokens.write(first === 't' || first === 'f' ? 'false' : first === 'n' ? 'null' : '0');
  }

  #remember(raw: string): void {
    const texts: string[] = [];
    JSON.stringify(JSON.parse(raw), (_, value: unknown) => {
      if (typeof value === 'string' || typeof value === 'number') texts.push(String(value));
      return value;
    });
    for (const text of texts)
      if (text.length >= KNOWN_CHARS_MIN && this.#known.size < KNOWN_MAX) this.#known.add(text);
  }

  /** A key may be what it should only name. */
  #key(key: string): string | undefined {
    const masked = this.#found(key, '');
    if (masked === undefined) return undefined;
    this.#count += 1;
    return `${masked} ${this.#count}`;
  }

  #number(): void {
    const raw = this.#tokens.whole();
    const isHit = this.#looks ? this.#known.has(raw) : this.#found(raw, '') !== undefined;
    if (isHit) this.#count += 1;
    this.#tokens.write(isHit ? '0' : raw);
  }

  #string(member: string, isWords: boolean): void {
    const raw = this.#tokens.whole();
    const text = JSON.parse(raw) as string;
    const nested = isWords ? this.#json(text) : undefined;
    const isWithheld = this.#plain && isWords && member === 'text' && nested === undefined;
    const masked = isWithheld
      ? MASK_MARKER
      : (nested ?? (this.#looks ? this.#without(text) : this.#found(text, member)));
    if (masked === undefined || masked === text) this.#tokens.write(raw);
    else this.#tokens.write(JSON.stringify(masked));
    if (masked !== undefined && masked !== text && nested === undefined) this.#count += 1;
  }

  /** A text that is JSON is masked as that; where it is none, fields cannot be told apart. */
  #json(text: string): string | undefined {
    if (!isContainer(text)) return undefined;
    const inner = new Masker(this.#part, this.#known, (path) =>
      path === '' ? 'fields' : undefined,
    );
    const { text: masked, count } = inner.run(text);
    this.#count += count;
    return masked;
  }

  /** Undefined where nothing of the kinds was found. */
  #found(text: string, member: string): string | undefined {
    if (this.#classes.size === 0) return undefined;
    if (this.#classes.has('secret') && isSecretName(member) && isSecretValue(text, true))
      return MASK_MARKER;
    const reading = new Reading(KEY, 'result', () => '');
    reading.open(text, member, false, false);
    const read = readText(reading);
    const spans = (reading.spans ?? []).filter(({ label }) => this.#classes.has(label));
    // What was not looked at may hold anything.
    if (read < text.length) spans.push({ start: read, end: text.length, label: 'unread' });
    return spans.length === 0 ? undefined : without(text, spans);
  }

  #without(text: string): string | undefined {
    let rest = text;
    for (const known of this.#known) rest = rest.replaceAll(known, MASK_MARKER);
    return rest === text ? undefined : rest;
  }
}

const joined = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

function isContainer(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

function without(text: string, spans: readonly Span[]): string {
  let shown = '';
  let from = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (end <= from) continue;
    shown += text.slice(from, Math.max(from, start));
    if (start >= from) shown += MASK_MARKER;
    from = end;
  }
  return shown + text.slice(from);
}

/** The same of the messages of a batch, each with its own mask or none. */
export function maskBatch(
  text: string,
  place: Place,
  parts: readonly (MaskPart | undefined)[],
): MaskedText {
  const tokens = new Tokens(text);
  let [at, count] = [0, 0];
  tokens.peek();
  tokens.items(() => {
    tokens.peek();
    const one = tokens.whole();
    const part = parts[at++];
    const masked = part === undefined ? undefined : maskMessage(one, place, part);
    count += masked?.count ?? 0;
    tokens.write(masked?.text ?? one);
  });
  return { text: tokens.written, count };
}
