import {
  ALNUM,
  AT,
  BREAK,
  CLASSES,
  COLON,
  DIGIT,
  DOT,
  isWideSpace,
  LETTER,
  LOWER,
  SLASH,
  UPPER,
  WIDE,
} from './characters.ts';
import { isHiddenAt } from './hidden.ts';
import { numberAt } from './numbers.ts';
import type { Reading } from './reading.ts';
import { readMixed, readToken } from './tokens.ts';
import { Words } from './words.ts';

const NEARBY_CHARS = 40;
const LONG_WORD_CHARS = 24;
const ESCAPE = 27;
const NEWLINE = 10;

/**
 * Reads one text once, character by character. Nothing here looks back further than a bounded
 * number of them.
 */
class TextScanner {
  readonly #words = new Words();
  #reading: Reading;
  #text = '';
  /** Start of the token that is being read, or -1. */
  #start = -1;
  #flags = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  scan(reading: Reading, text: string, length: number): void {
    this.#reading = reading;
    this.#text = text;
    this.#start = -1;
    this.#words.open(reading, text);
    let previous = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      const kind = code < 128 ? (CLASSES[code] ?? 0) : this.#wide(code, i);
      if (kind === BREAK) {
        this.#break(code, i);
        previous = 0;
        continue;
      }
      if (kind < 0) continue;
      const skip = this.#step(kind, previous, i);
      previous = skip > i ? 0 : kind;
      if (skip > i) i = skip - 1;
    }
    this.#end(length);
    this.#words.close();
  }

  /** Returns where to go on when something larger than a token was read here, else 0. */
  #step(kind: number, previous: number, i: number): number {
    if ((kind & LETTER) !== 0 && isWordStart(kind, previous)) {
      const end = this.#words.at(i);
      if (end > 0) {
        // What stands before the secret still counts: an address must not vanish behind what it carries.
        this.#end(i);
        return end;
      }
    }
    if (this.#start < 0) {
      this.#start = i;
      this.#flags = kind;
      return this.#grouped(kind, i);
    }
    this.#flags |= kind;
    return 0;
  }

  /** Numbers and identifiers that are written in groups are read as a whole. */
  #grouped(kind: number, i: number): number {
    const code = this.#text.charCodeAt(i);
    let end = 0;
    if (kind === DIGIT || code === 43) end = this.#number(i);
    if (end === 0 && (kind === UPPER || kind === DIGIT)) {
      const next = this.#text.charCodeAt(i + (kind === UPPER ? 2 : 8));
      const promising = kind === DIGIT ? next >= 65 && next <= 90 : isDigitUpperOrSpace(next);
      if (promising) end = readMixed(this.#reading, this.#text, i, this.#nearby(i));
    }
    if (end > 0) this.#start = -1;
    return end;
  }

  #number(i: number): number {
    const found = numberAt(this.#text, i, this.#nearby(i));
    if (!found) return 0;
    this.#reading.mark(found.class, i, found.end);
    this.#reading.atom('number', found.compact, i, found.class);
    return found.end;
  }

  #nearby(i: number): () => string {
    const reading = this.#reading;
    const text = this.#text;
    return () => `${reading.member} ${text.slice(Math.max(0, i - NEARBY_CHARS), i)}`.toLowerCase();
  }

  #break(code: number, i: number): void {
    this.#end(i);
    if (code === NEWLINE && this.#reading.line > 0) this.#reading.line++;
    else if (code === ESCAPE) this.#reading.count('ansi');
  }

  #end(i: number): void {
    const start = this.#start;
    this.#start = -1;
    if (start < 0) return;
    const words = (this.#flags & ~(LETTER | WIDE)) === 0;
    if ((words && i - start < LONG_WORD_CHARS) || i - start < 5) return;
    if (!words && (this.#flags & (DIGIT | AT | SLASH | DOT | COLON)) === 0) return;
    readToken(this.#reading, this.#text.slice(start, i), this.#flags, start);
  }

  /** Class of a character outside ASCII; -1 where it only hides and breaks no word. */
  #wide(code: number, i: number): number {
    if (isHiddenAt(this.#text, i)) {
      this.#reading.hiddenText = true;
      return -1;
    }
    if (code === 0x9b) this.#reading.count('ansi');
    return isWideSpace(code) ? BREAK : WIDE;
  }
}

const isDigitUpperOrSpace = (code: number): boolean =>
  code === 32 || (code >= 48 && code <= 57) || (code >= 65 && code <= 90);

/** Also inside `dbPassword` and `DB_PASSWORD`. */
const isWordStart = (kind: number, previous: number): boolean =>
  (previous & ALNUM) === 0 || ((previous & LOWER) !== 0 && (kind & UPPER) !== 0);

let scanner: TextScanner | undefined;

/**
 * Finds classes, values and phrases in one text and writes them to the reading. Returns how far it
 * read.
 */
export function readText(reading: Reading, text: string): number {
  const length = Math.min(text.length, reading.charsLeft);
  if (length < text.length) reading.truncated = true;
  reading.charsLeft -= length;
  scanner ??= new TextScanner(reading);
  scanner.scan(reading, text, length);
  return length;
}
