import { LIMITS, type PathFact, type SipKey, sipHash } from '@spoor/core';
import { belongingOf, isDestinationName } from './destinations.ts';
import { readEmbedded } from './embedded.ts';
import { readLayers } from './layers.ts';
import { readLines } from './lines.ts';
import { HIDDEN_KEY, type Place, Places } from './places.ts';
import { Projection } from './projection.ts';
import { Reading, type ReadingContext, type Role } from './reading.ts';
import { readScattered } from './scattered.ts';
import { isSecretName, isSecretValue } from './secrets.ts';
import { readText } from './text.ts';
import { isHostName } from './tokens.ts';
import { Trail } from './trail.ts';
import { isPlainKey, readValue, VALUE_CHARS_MAX } from './values.ts';

export interface WalkContext extends ReadingContext {
  /** Fingerprint key of the session. */
  readonly key: SipKey;
  readonly role: Role;
  /** Argument names that the pinned input schema declares. */
  readonly schema?: readonly string[];
  /** Fingerprint key that all sessions share; without it, destinations have no such prints. */
  readonly shared?: SipKey;
}

/** Reads a JSON value once, depth first. */
export class Walk {
  readonly projection: Projection = new Projection();
  readonly reading: Reading;
  depth = 0;
  readonly #declared: readonly string[];
  readonly #places = new Places();
  readonly #trail = new Trail();
  readonly #shared: SipKey | undefined;

  /** @param shared key of fingerprints that all sessions share */
  constructor(context: WalkContext) {
    const { key, role, schema = [], shared } = context;
    this.#shared = shared;
    this.reading = new Reading(key, role, () => this.#trail.path(), context);
    this.#declared = schema;
  }

  read(value: unknown): void {
    this.#value(value, this.#places.root, '', 0, false);
  }

  get paths(): readonly PathFact[] {
    return this.#places.facts;
  }

  /**
   * Returns the bytes of the value's text.
   *
   * @param record inside a list of records, where an address is data and no destination
   */
  #value(value: unknown, place: Place, member: string, depth: number, record: boolean): number {
    if (depth > this.depth) this.depth = depth;
    if (typeof value === 'string') return this.#string(value, place, member, record);
    if (typeof value === 'number') return this.#number(value, place, member);
    if (typeof value === 'object' && value !== null) {
      if (depth >= LIMITS.jsonDepthMax) return this.#tooDeep();
      return Array.isArray(value)
        ? this.#array(value, place, member, depth, record)
        : this.#object(value, place, depth, record);
    }
    const text = String(value ?? null);
    this.projection.raw(text);
    return this.#note(place, typeof value === 'boolean' ? 'boolean' : 'null', text.length);
  }

  #array(
    items: readonly unknown[],
    place: Place,
    member: string,
    depth: number,
    record: boolean,
  ): number {
    const inside = this.#places.items(place);
    let bytes = 2;
    this.projection.raw('[');
    this.#trail.push(0);
    for (let i = 0; i < items.length; i++) {
      if (i > 0) this.projection.raw(',');
      this.#trail.turn(i);
      const item = items[i];
      const isRecord = record || (typeof item === 'object' && item !== null);
      bytes += this.#value(item, inside, member, depth + 1, isRecord);
    }
    this.#trail.pop();
    this.projection.raw(']');
    return this.#note(place, 'array', bytes);
  }

  #object(object: object, place: Place, depth: number, record: boolean): number {
    let bytes = 2;
    let first = true;
    this.projection.raw('{');
    this.#trail.push('');
    for (const [key, value] of Object.entries(object)) {
      const shown = this.#key(key, depth);
      const inside = this.#places.member(place, shown);
      if (!first) this.projection.raw(',');
      this.projection.raw(inside.shown);
      first = false;
      this.#trail.turn(shown);
      bytes += key.length + 3 + this.#value(value, inside, key, depth + 1, record);
    }
    this.#trail.pop();
    if (this.reading.role === 'arguments') readScattered(this.reading, object);
    this.projection.raw('}');
    return this.#note(place, 'object', bytes);
  }

  #tooDeep(): number {
    this.reading.truncated = true;
    this.projection.raw('"…"');
    return 0;
  }

  #number(value: number, place: Place, member: string): number {
    const text = String(value);
    const bytes = this.#note(place, 'number', text.length);
    if (!Number.isInteger(value) || text.length < 5) {
      this.projection.raw(Number.isFinite(value) ? text : 'null');
      return bytes;
    }
    const { reading } = this;
    reading.open(text, member, false, false);
    readText(reading);
    if (reading.spans) this.projection.string(text, reading.spans);
    else this.projection.raw(text);
    return bytes;
  }

  #string(text: string, place: Place, member: string, record: boolean): number {
    const { reading } = this;
    const long = text.length > VALUE_CHARS_MAX || text.includes('\n');
    const destination = !record && reading.role === 'arguments' && isDestination(text, member);
    reading.open(text, member, destination, long);
    const bytes = this.#note(place, 'string', reading.bytes);
    if (isSecretName(member) && !text.includes(' ') && isSecretValue(text, true)) {
      reading.mark('secret', 0, text.length);
      reading.atom('token', text.toLowerCase(), 0, 'secret');
      this.projection.string(text, reading.spans);
      return bytes;
    }
    if (destination) this.#reach(text);
    const read = readText(reading);
    readLayers(reading, read);
    if (read >= Math.min(text.length, 2 * VALUE_CHARS_MAX)) {
      this.projection.string(text, reading.spans);
    } else this.projection.string('‹not examined›', undefined);
    if (!long) readValue(reading, text);
    else if (!readEmbedded(reading, this.#trail)) readLines(reading, read);
    return bytes;
  }

  #reach(text: string): void {
    const { destinations } = this.reading;
    if (this.#shared === undefined) return;
    for (const one of belongingOf(text)) {
      if (destinations.size >= LIMITS.destinationsPerCallMax) return;
      destinations.add(sipHash(this.#shared, `destination ${one}`));
    }
  }

  /**
   * A key is shown where the schema declares it or where it looks like a name; otherwise it may be
   * content.
   */
  #key(key: string, depth: number): string {
    if (isPlainKey(key) || (depth === 0 && this.#declared.includes(key))) return key;
    this.reading.open(key, '', false, false);
    this.reading.moved('');
    readText(this.reading);
    return HIDDEN_KEY;
  }

  #note(place: Place, type: PathFact['type'], bytes: number): number {
    if (!this.#places.note(place, type, bytes)) this.reading.truncated = true;
    return bytes;
  }
}

function isDestination(text: string, member: string): boolean {
  return text.length <= VALUE_CHARS_MAX && (isDestinationName(member) || isAddress(text));
}

/** Does the whole text say where something goes? */
function isAddress(text: string): boolean {
  if (text.includes(' ') || text.length < 4) return false;
  return text.includes('@') || text.includes('://') || isHostName(text);
}
