import {
  type Atom,
  type ContentClass,
  LIMITS,
  type Passages,
  type SipKey,
  sipHash32,
} from '@spoor/core';
import type { Role } from '../examine/reading.ts';
import { type Form, type PrintGroup, packPrints } from './packed.ts';
import { reversed, rotated, Squeezed } from './squeeze.ts';
import { type PlacedText, textsOf } from './texts.ts';
import { isPiece, PIECE_CHARS, piecesIn, WINDOW_CHARS, windowsIn } from './windows.ts';

/** A value of a result that is known again by its parts. */
export interface PlacedValue extends PlacedText {
  readonly class: ContentClass | undefined;
}

/** What `examine` has found in the same content. */
export interface Found {
  readonly atoms: readonly Atom[];
  /** Texts that stood in an encoding. */
  readonly inner: readonly PlacedText[];
  /** Credentials, account numbers and the like. */
  readonly values: readonly PlacedValue[];
}

type Draft = Omit<PrintGroup, 'prints'> & { prints: number[] };

/** A long value has more pieces; so many are enough to know it by. */
const VALUE_PIECES_MAX = 32;
const squeezed = new Squeezed();

/** Undefined where the content has nothing that is long enough. */
export function readPassages(
  key: SipKey,
  content: unknown,
  role: Role,
  found: Found,
): Passages | undefined {
  if (role === 'result') return resultPassages(key, content, found);
  const forms = role === 'intent' ? PROMPT_FORMS : CALL_FORMS;
  return argumentPassages(key, content, found.inner, forms);
}

const PROMPT_FORMS: readonly Form[] = ['plain'];
const CALL_FORMS: readonly Form[] = ['plain', 'reversed', 'rotated'];

/** Of a result: passages of its texts, and pieces of its values. */
function resultPassages(key: SipKey, content: unknown, found: Found): Passages | undefined {
  const reader = new Reader(key);
  const orders = new Set(found.atoms.flatMap((one) => (one.instructionLike ? [one.at] : [])));
  for (const text of textsOf(content)) reader.lines(text, orders);
  for (const text of found.inner) reader.lines(text, orders);
  for (const value of found.values.slice(0, LIMITS.passageValuesMax)) reader.value(value);
  return reader.finish();
}

/** Of arguments, or of a prompt: whatever may have come from a result, read in several ways. */
function argumentPassages(
  key: SipKey,
  content: unknown,
  inner: readonly PlacedText[],
  forms: readonly Form[],
): Passages | undefined {
  const texts = textsOf(content);
  const reader = new Reader(key, texts.length);
  for (const text of texts) for (const form of forms) reader.whole(text, form);
  for (const text of inner) reader.whole(text, 'decoded');
  // One after the other, what was cut into several arguments is whole again.
  const parts = texts.filter(({ text }) => text.length <= JOINED_CHARS_MAX);
  const joined = parts.map(({ text }) => text).join('');
  if (parts.length > 1) reader.whole({ text: joined, at: TOGETHER }, 'plain');
  return reader.finish(LIMITS.passagePiecesMax);
}

/** The path of all arguments together. */
export const TOGETHER = '';
/** Longer arguments hold pieces of their own. */
const JOINED_CHARS_MAX = 64;

class Reader {
  readonly #key: SipKey;
  readonly #at: string[] = [];
  readonly #groups: Draft[] = [];
  readonly #piecesMax: number;
  #charsLeft: number = LIMITS.passageCharsMax;

  /** @param texts among which the pieces are shared out */
  constructor(key: SipKey, texts = 1) {
    this.#key = key;
    this.#piecesMax = Math.max(PIECES_OF_TEXT_MIN, LIMITS.passagePiecesMax / (2 * texts));
  }

  #load(text: string): void {
    squeezed.load(text, this.#charsLeft);
    this.#charsLeft -= Math.min(text.length, this.#charsLeft);
  }

  /** Undefined where there are too many. */
  #text(at: string): number | undefined {
    const path = at.slice(0, PATH_CHARS_MAX);
    const known = this.#at.lastIndexOf(path);
    if (known >= 0) return known;
    if (this.#at.length >= LIMITS.passageTextsMax) return undefined;
    return this.#at.push(path) - 1;
  }

  #window(bytes: Uint8Array, at: number, length: number): number {
    return sipHash32(this.#key, bytes, at, at + length) || 1;
  }

  /** One group for each line that a window begins on. */
  lines({ text, at }: PlacedText, orders: ReadonlySet<string>): void {
    this.#load(text);
    const { bytes, length, lines } = squeezed;
    if (length < WINDOW_CHARS) return;
    const index = this.#text(at);
    if (index === undefined) return;
    let line = 1;
    let group: Draft | undefined;
    windowsIn(bytes, length, (from) => {
      while ((lines[line - 1] ?? Number.POSITIVE_INFINITY) <= from) line++;
      const print = this.#window(bytes, from, WINDOW_CHARS);
      if (group?.line === line) group.prints.push(print);
      else {
        const instructionLike = orders.has(`${at}:${line}`) || orders.has(at);
        group = { ...WINDOWS, text: index, line, instructionLike, prints: [print] };
        this.#groups.push(group);
      }
    });
  }

  value({ text, at, class: found }: PlacedValue): void {
    squeezed.load(text, VALUE_CHARS_MAX);
    const { bytes, length } = squeezed;
    const pieces = length - PIECE_CHARS + 1;
    if (pieces < PIECES_MIN) return;
    const [path = at, line] = splitLine(at);
    const index = this.#text(path);
    if (index === undefined) return;
    const step = Math.ceil(pieces / VALUE_PIECES_MAX);
    const prints: number[] = [];
    for (let from = 0; from < pieces; from += step)
      prints.push(isPiece(bytes, from) ? this.#window(bytes, from, PIECE_CHARS) : NO_PRINT);
    if (prints.every((print) => print === NO_PRINT)) return;
    this.#groups.push({ ...PIECES, text: index, line, step, class: found, prints });
  }

  whole({ text, at }: PlacedText, form: Form): void {
    this.#load(form === 'plain' || form === 'decoded' ? text : text.slice(0, TURNED_CHARS_MAX));
    const { length } = squeezed;
    if (length < PIECE_CHARS) return;
    const index = this.#text(at);
    if (index === undefined) return;
    const bytes = turned(squeezed.bytes, length, form);
    const windows = new Set<number>();
    windowsIn(bytes, length, (from) => windows.add(this.#window(bytes, from, WINDOW_CHARS)));
    const pieces = new Set<number>();
    const piece = (from: number): unknown => pieces.add(this.#window(bytes, from, PIECE_CHARS));
    piecesIn(bytes, length, this.#piecesMax, piece);
    const group = { text: index, form } as const;
    if (windows.size > 0) this.#groups.push({ ...WINDOWS, ...group, prints: [...windows] });
    if (pieces.size > 0) this.#groups.push({ ...PIECES, ...group, prints: [...pieces] });
  }

  /** @param piecesMax values keep all of theirs: there are few, and each is known by its share */
  finish(piecesMax = Number.POSITIVE_INFINITY): Passages | undefined {
    thin(this.#groups, 'window', LIMITS.passageWindowsMax);
    thin(this.#groups, 'piece', piecesMax);
    const groups = this.#groups.filter(({ prints }) => prints.length > 0).slice(0, GROUPS_MAX);
    return groups.length === 0 ? undefined : { at: this.#at, prints: packPrints(groups) };
  }
}

const PATH_CHARS_MAX = 256;
const PIECES_OF_TEXT_MIN = 16;
/** What of a text is also read backwards and turned by 13 letters. */
const TURNED_CHARS_MAX = 4_096;
const VALUE_CHARS_MAX = 4_096;
const GROUPS_MAX = 4_096;
/** What has fewer is too short to be known by a part. */
const PIECES_MIN = 2;
/** Of a piece that is not told: it keeps its place. */
const NO_PRINT = 0;
const PLAIN: Omit<Draft, 'of' | 'text' | 'prints'> = {
  ...{ form: 'plain', line: 0, step: 0, class: undefined, instructionLike: false },
};
const WINDOWS = { ...PLAIN, of: 'window' } as const;
const PIECES = { ...PLAIN, of: 'piece' } as const;

function turned(bytes: Uint8Array, length: number, form: Form): Uint8Array {
  if (form === 'reversed') return reversed(bytes, length);
  return form === 'rotated' ? rotated(bytes, length) : bytes;
}

/** Of too many prints those stay that end in zeros: the same ones of any text that holds them. */
function thin(groups: readonly Draft[], of: PrintGroup['of'], max: number): void {
  const own = groups.filter((group) => group.of === of);
  let count = own.reduce((sum, { prints }) => sum + prints.length, 0);
  for (let mask = 1; count > max && mask < 1 << 20; mask = 2 * mask + 1) {
    count = 0;
    for (const group of own) {
      group.prints = group.prints.filter((print) => (print & mask) === 0);
      count += group.prints.length;
    }
  }
}

function splitLine(at: string): [path: string, line: number] {
  const [, path, line] = /^(.*):(\d+)$/.exec(at) ?? [];
  return path === undefined ? [at, 0] : [path, Number(line)];
}
