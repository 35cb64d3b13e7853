import {
  ALNUM,
  BREAK,
  CLASSES,
  CONTROL_CODE,
  DIGIT,
  HIDDEN,
  LETTER,
  LOWER,
  UPPER,
  WIDE,
} from './characters.ts';
import { noteDisguised } from './layers.ts';
import { numberAt } from './numbers.ts';
import type { Reading } from './reading.ts';
import { readMixed, readToken } from './tokens.ts';
import { Words } from './words.ts';

const ESCAPE = 27;
const NEWLINE = 10;
const PLUS = 43;
const SPACE = 32;

const words = new Words();

/**
 * Finds classes, values and phrases in the text that the reading has opened. Reads it once,
 * character by character; nothing here looks back further than a bounded number of them. Returns
 * how far it read.
 */
export function readText(reading: Reading): number {
  const length = reading.take();
  words.open(reading);
  scan(reading, length);
  words.close();
  if (reading.own) reading.readOwn(length);
  noteDisguised(reading, length, words.rotated);
  return length;
}

function scan(reading: Reading, length: number): void {
  const { bytes } = reading.codes;
  for (let i = 0; i < length; ) {
    const code = bytes[i] ?? 0;
    const kind = CLASSES[code] ?? 0;
    if (kind !== BREAK && kind !== HIDDEN) i = readRun(reading, i, length);
    else {
      if (kind === HIDDEN) reading.hiddenText = true;
      else if (code < SPACE) control(reading, code);
      i++;
    }
  }
}

/** Reads from `start` to the next break, or to the end of what is larger than a token. */
function readRun(reading: Reading, start: number, length: number): number {
  const { bytes } = reading.codes;
  let flags = 0;
  let previous = 0;
  let i = start;
  for (; i < length; i++) {
    const kind = CLASSES[bytes[i] ?? 0] ?? 0;
    if (kind === BREAK) break;
    if (kind === HIDDEN) {
      reading.hiddenText = true;
      continue;
    }
    const end = largerAt(reading, i, kind, previous, flags === 0);
    if (end > 0) {
      // What stands before a secret still counts: an address must not vanish behind what it
      // carries.
      readToken(reading, start, i, flags);
      return end;
    }
    flags |= kind;
    previous = kind;
    // Nothing begins at the further letters of a word: most characters of most texts.
    while ((previous & ALNUM) !== 0 && CLASSES[bytes[i + 1] ?? 0] === LOWER) {
      flags |= LOWER;
      previous = LOWER;
      i++;
    }
  }
  readToken(reading, start, i, flags);
  return i;
}

/** Where something ends that is larger than a token and begins here, else 0. */
function largerAt(
  reading: Reading,
  at: number,
  kind: number,
  previous: number,
  first: boolean,
): number {
  if ((kind & LETTER) !== 0 && isWordStart(kind, previous)) {
    const end = words.at(at);
    if (end > 0) return end;
  }
  if (kind === WIDE && reading.codes.bytes[at] === CONTROL_CODE) reading.count('ansi');
  return first ? groupedAt(reading, at, kind) : 0;
}

/** Also inside `dbPassword` and `DB_PASSWORD`. */
const isWordStart = (kind: number, previous: number): boolean =>
  (previous & ALNUM) === 0 || ((previous & LOWER) !== 0 && (kind & UPPER) !== 0);

/** Numbers and identifiers that are written in groups are read as a whole. */
function groupedAt(reading: Reading, at: number, kind: number): number {
  const { bytes } = reading.codes;
  if (kind === DIGIT || bytes[at] === PLUS) {
    const end = readNumber(reading, at);
    if (end > 0) return end;
  }
  if (kind !== UPPER && kind !== DIGIT) return 0;
  return isMixed(bytes, at, kind) ? readMixed(reading, at) : 0;
}

/** `DE89…`, `AB 12…` and `12345678Z`: told by the next characters, at little cost. */
function isMixed(bytes: Uint8Array, at: number, kind: number): boolean {
  if (!isDigitUpperOrSpace(bytes[at + 1] ?? 0)) return false;
  if (kind === UPPER) return isDigitUpperOrSpace(bytes[at + 2] ?? 0);
  return at + 8 < bytes.length && CLASSES[bytes[at + 8] ?? 0] === UPPER;
}

const isDigitUpperOrSpace = (code: number): boolean =>
  code === SPACE || ((CLASSES[code] ?? 0) & (DIGIT | UPPER)) !== 0;

function readNumber(reading: Reading, at: number): number {
  const found = numberAt(reading, at);
  if (!found) return 0;
  reading.mark(found.class, at, found.end);
  reading.atom('number', found.compact, at, found.class);
  return found.end;
}

function control(reading: Reading, code: number): void {
  if (code === NEWLINE && reading.line > 0) reading.line++;
  else if (code === ESCAPE) reading.count('ansi');
}
