import { LIMITS, type PathFact } from '@spoor/core';
import { isDestinationName } from './destinations.ts';
import { readLines } from './lines.ts';
import { Projection } from './projection.ts';
import { normalise, type Reading } from './reading.ts';
import { isSecretName, isSecretValue } from './secrets.ts';
import { readText } from './text.ts';
import { isHostName } from './tokens.ts';

/** Longer text is read by lines instead of as one value. */
const VALUE_CHARS_MAX = 200;
/** Text that is JSON itself is read as values too, up to this size. */
const EMBEDDED_CHARS_MAX = 262_144;
const HIDDEN_KEY = '‹key›';

/** Where a value stands: `at` with positions, for people; `path` without, for shapes. */
interface Place {
  readonly at: string;
  readonly path: string;
  readonly member: string;
  readonly depth: number;
  /** Inside a list of records: an address there is data, not a destination. */
  readonly inRecord: boolean;
}

const ROOT: Place = { at: '', path: '', member: '', depth: 0, inRecord: false };

/** Reads a JSON value once, depth first. */
export class Walk {
  readonly projection: Projection = new Projection();
  depth = 0;
  readonly #reading: Reading;
  readonly #declared: ReadonlySet<string>;
  readonly #paths = new Map<string, { path: string; type: PathFact['type']; bytes: number }>();

  constructor(reading: Reading, declared: readonly string[]) {
    this.#reading = reading;
    this.#declared = new Set(declared);
  }

  read(value: unknown): void {
    this.#value(value, ROOT);
  }

  get paths(): readonly PathFact[] {
    return [...this.#paths.values()];
  }

  /** Returns the bytes of the value's text. */
  #value(value: unknown, place: Place): number {
    if (place.depth > this.depth) this.depth = place.depth;
    if (typeof value === 'string') return this.#string(value, place);
    if (typeof value === 'number') return this.#number(value, place);
    if (Array.isArray(value)) return this.#array(value, place);
    if (typeof value === 'object' && value !== null) return this.#object(value, place);
    const text = String(value ?? null);
    this.projection.raw(text);
    return this.#note(place.path, typeof value === 'boolean' ? 'boolean' : 'null', text.length);
  }

  #array(items: readonly unknown[], place: Place): number {
    if (this.#tooDeep(place)) return 0;
    const path = `${place.path}[]`;
    let bytes = 2;
    this.projection.raw('[');
    for (let i = 0; i < items.length; i++) {
      if (i > 0) this.projection.raw(',');
      const item = items[i];
      const record = typeof item === 'object' && item !== null;
      bytes += this.#value(item, {
        at: `${place.at}[${i}]`,
        path,
        member: place.member,
        depth: place.depth + 1,
        inRecord: place.inRecord || record,
      });
    }
    this.projection.raw(']');
    return this.#note(place.path, 'array', bytes);
  }

  #object(object: object, place: Place): number {
    if (this.#tooDeep(place)) return 0;
    let bytes = 2;
    let first = true;
    this.projection.raw('{');
    for (const [key, value] of Object.entries(object)) {
      const shown = this.#key(key, place.depth);
      this.projection.raw(`${first ? '' : ','}${JSON.stringify(shown)}:`);
      first = false;
      const dot = place.at === '' ? '' : '.';
      bytes += key.length + 3;
      bytes += this.#value(value, {
        at: `${place.at}${dot}${shown}`,
        path: `${place.path}${dot}${shown}`,
        member: key,
        depth: place.depth + 1,
        inRecord: place.inRecord,
      });
    }
    this.projection.raw('}');
    return this.#note(place.path, 'object', bytes);
  }

  #tooDeep(place: Place): boolean {
    if (place.depth < LIMITS.jsonDepthMax) return false;
    this.#reading.truncated = true;
    this.projection.raw('"…"');
    return true;
  }

  #number(value: number, place: Place): number {
    const text = String(value);
    const note = this.#note(place.path, 'number', text.length);
    if (!Number.isInteger(value) || text.length < 5) {
      this.projection.raw(Number.isFinite(value) ? text : 'null');
      return note;
    }
    const reading = this.#reading;
    reading.open(place.at, place.member, false, false);
    readText(reading, text);
    if (reading.spans.length > 0) this.projection.string(text, reading.spans);
    else this.projection.raw(text);
    return note;
  }

  #string(text: string, place: Place): number {
    const reading = this.#reading;
    const long = text.length > VALUE_CHARS_MAX || text.includes('\n');
    reading.open(place.at, place.member, this.#isDestination(text, place), long);
    const bytes = this.#note(place.path, 'string', utf8Length(text));
    if (isSecretName(place.member) && !text.includes(' ') && isSecretValue(text, true)) {
      reading.mark('secret', 0, text.length);
      reading.atom('token', text.toLowerCase(), 0, 'secret');
      this.projection.string(text, reading.spans);
      return bytes;
    }
    const read = readText(reading, text);
    const enough = read >= Math.min(text.length, 2 * VALUE_CHARS_MAX);
    this.projection.string(enough ? text : '‹not examined›', enough ? reading.spans : []);
    if (!long) this.#wholeValue(text);
    else if (!this.#embedded(text, place)) readLines(reading, text, read);
    return bytes;
  }

  #wholeValue(text: string): void {
    const value = normalise(text);
    const wanted = this.#reading.destination ? value.length >= 2 : isDistinctive(value);
    if (wanted) this.#reading.atom('value', value, 0);
  }

  /**
   * A result's text is often JSON: its strings are values as well. Returns false where it is not.
   */
  #embedded(text: string, place: Place): boolean {
    const first = text.charCodeAt(0);
    if ((first !== 91 && first !== 123) || text.length > EMBEDDED_CHARS_MAX) return false;
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return false;
    }
    this.#reading.line = 0;
    this.#values(parsed, place.at, 0);
    return true;
  }

  #values(value: unknown, at: string, depth: number): void {
    if (depth > LIMITS.jsonDepthMax) this.#reading.truncated = true;
    else if (typeof value === 'string') {
      this.#reading.at = at;
      if (value.length <= VALUE_CHARS_MAX) this.#wholeValue(value);
    } else if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) this.#values(value[i], `${at}[${i}]`, depth + 1);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        this.#values(member, `${at}.${isPlainKey(key) ? key : HIDDEN_KEY}`, depth + 1);
      }
    }
  }

  #isDestination(text: string, place: Place): boolean {
    if (this.#reading.role !== 'arguments' || text.length > VALUE_CHARS_MAX) return false;
    if (place.inRecord) return false;
    return isDestinationName(place.member) || isAddress(text);
  }

  /**
   * A key is shown where the schema declares it or where it looks like a name; otherwise it may be
   * content.
   */
  #key(key: string, depth: number): string {
    if (isPlainKey(key) || (depth === 0 && this.#declared.has(key))) return key;
    this.#reading.open('', '', false, false);
    readText(this.#reading, key);
    return HIDDEN_KEY;
  }

  #note(path: string, type: PathFact['type'], bytes: number): number {
    const known = this.#paths.get(path);
    if (known) known.bytes += bytes;
    else if (this.#paths.size >= LIMITS.argumentPathsMax) this.#reading.truncated = true;
    else if (path !== '') this.#paths.set(path, { path, type, bytes });
    return bytes;
  }
}

/** Does the whole text say where something goes? */
function isAddress(text: string): boolean {
  if (text.includes(' ') || text.length < 4) return false;
  return text.includes('@') || text.includes('://') || isHostName(text);
}

/** Letters, marks and a few digits, as programmers name things. */
export function isPlainKey(key: string): boolean {
  if (key.length > 40) return false;
  let digits = 0;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (code >= 48 && code <= 57) digits++;
    else if (!isNamePart(code)) return false;
  }
  return digits < 5;
}

const isNamePart = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  code === 95 ||
  code === 45 ||
  code === 36;

/** Would two unrelated contents hardly share it? Dates and single plain words are everywhere. */
function isDistinctive(value: string): boolean {
  if (value.length < 5 || /^[\d\s:.,/tz+-]+$/.test(value)) return false;
  if (/\d/.test(value)) return true;
  return value.length >= 14 || (value.length >= 8 && /[^a-z]/.test(value));
}

function utf8Length(text: string): number {
  let bytes = text.length;
  if (!/[^\0-\x7f]/.test(text)) return bytes;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // A surrogate pair has four bytes: two for each half.
    if (code > 0x7ff && (code < 0xd800 || code > 0xdfff)) bytes += 2;
    else if (code > 0x7f) bytes++;
  }
  return bytes;
}
