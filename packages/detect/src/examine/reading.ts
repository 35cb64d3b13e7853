import { type Atom, type ContentClass, LIMITS, type SipKey, sipHash } from '@spoor/core';
import { Codes } from './codes.ts';
import type { Layer } from './layers.ts';
import type { OwnSecrets } from './own-secrets.ts';
import { SecretBudget } from './secrets.ts';

export type Role = 'arguments' | 'result' | 'intent';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Part of a text that a projection must not show, with the word that stands for it. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

export interface ReadingContext {
  /** Told each text that was found in another form of itself, and the path where. */
  readonly inner?: (text: string, at: string) => void;
  /** Told each value that must not leave, its class where it has one, and the path where. */
  readonly value?: (text: string, at: string, found: ContentClass | undefined) => void;
  /** Rules for secrets from the owner's file. */
  readonly own?: OwnSecrets | undefined;
}

/** Classes of values that are known again by a part: of others, parts are everywhere. */
const KEPT: ReadonlySet<ContentClass> = new Set([
  'secret',
  'url-credentials',
  'pii.card',
  'pii.iban',
  'pii.national-id',
]);

interface Outer {
  readonly text: string;
  readonly line: number;
  readonly spans: Span[] | undefined;
  readonly destination: boolean;
  readonly length: number;
  readonly first: number;
}

const codes = new Codes();

/**
 * What has been found so far in one content. Scanners write into it; `examine` turns it into facts.
 */
export class Reading {
  readonly key: SipKey;
  readonly role: Role;
  readonly classes: Map<ContentClass, number> = new Map();
  readonly atoms: Mutable<Atom>[] = [];
  readonly externals: Set<string> = new Set();
  /** Where the content goes, as fingerprints that all sessions share. */
  readonly destinations: Set<string> = new Set();
  readonly secrets: SecretBudget = new SecretBudget();
  /** What was found in another form in the open text, and is still to be read. */
  readonly layers: Layer[] = [];
  layersLeft: number = LIMITS.decodedLayersMax;
  decodeLeft: number = LIMITS.decodedCharsMax;
  layerDepth = 0;
  readonly #inner: ReadingContext['inner'];
  readonly #value: ReadingContext['value'];
  /** Rules for secrets from the owner's file. */
  readonly own: OwnSecrets | undefined;
  #ownLeft: number = LIMITS.contentTestWorkMax;
  /** How often something of a class was found. */
  found = 0;
  instructionLike = false;
  hiddenText = false;
  truncated = false;

  /** The text that is being read, its codes, and the name of its member. */
  text = '';
  readonly codes: Codes = codes;
  member = '';
  /** Where its lines are counted from. */
  line = 0;
  /** Does the member say where the content goes? */
  destination = false;
  /** Undefined where nothing is hidden. */
  spans: Span[] | undefined;
  readonly #where: () => string;
  #charsLeft: number = LIMITS.examineBytesMax;
  #at: string | undefined;
  #lineAt: string | undefined;
  #lineOfAt = 0;
  readonly #offsets: number[] = [];
  readonly #seen = new Map<string, Mutable<Atom>>();
  #firstOfText = 0;

  /** @param where path of what is being read; asked only when something was found there */
  constructor(key: SipKey, role: Role, where: () => string, context: ReadingContext = {}) {
    this.key = key;
    this.role = role;
    this.#inner = context.inner;
    this.#value = context.value;
    this.own = context.own;
    this.#where = where;
  }

  open(text: string, member: string, destination: boolean, lines: boolean): void {
    this.text = text;
    this.codes.load(text, Math.min(text.length, this.#charsLeft));
    this.member = member;
    this.destination = destination;
    this.line = lines ? 1 : 0;
    this.spans = undefined;
    this.#firstOfText = this.atoms.length;
    this.moved();
  }

  /** Opens what stood in the text that was left, at the same place. */
  openInner(text: string): void {
    this.text = text;
    this.codes.load(text, Math.min(text.length, this.#charsLeft));
    this.line = 0;
    this.spans = undefined;
    this.#firstOfText = this.atoms.length;
  }

  /** What has to be put back when what stands inside it was read. */
  leave(length: number): Outer {
    const { text, line, spans, destination } = this;
    const outer = { text, line, spans, destination, length, first: this.#firstOfText };
    this.destination = false;
    return outer;
  }

  back({ text, line, spans, destination, length, first }: Outer): void {
    this.text = text;
    this.line = line;
    this.spans = spans;
    this.destination = destination;
    this.#firstOfText = first;
    this.codes.load(text, length);
  }

  /** What is read next stands elsewhere: at `at` where that is known. */
  moved(at?: string): void {
    this.#at = at;
    this.#lineOfAt = 0;
  }

  /** How much of the open text may be read; it counts as read from then on. */
  take(): number {
    const length = Math.min(this.text.length, this.#charsLeft);
    if (length < this.text.length) this.truncated = true;
    this.#charsLeft -= length;
    return length;
  }

  /** Of the whole open text in UTF-8. */
  get bytes(): number {
    const { text, codes } = this;
    return codes.isAscii && text.length <= this.#charsLeft ? text.length : utf8Length(text);
  }

  /** Finds what the owner's rules call a secret in the open text. */
  readOwn(length: number): void {
    const text = length < this.text.length ? this.text.slice(0, length) : this.text;
    const take = (chars: number): boolean => {
      this.#ownLeft -= chars;
      if (this.#ownLeft < 0) this.truncated = true;
      return this.#ownLeft >= 0;
    };
    for (const { start, end } of this.own?.in(text, take) ?? []) {
      // Ours may have found it already.
      if (this.spans?.some((span) => span.start < end && start < span.end)) continue;
      this.mark('secret', start, end);
      const value = text.slice(start, end).replace(/\s+/g, '');
      this.atom('token', value.toLowerCase(), start, 'secret');
    }
  }

  count(found: ContentClass): void {
    this.found++;
    this.classes.set(found, (this.classes.get(found) ?? 0) + 1);
  }

  /** Tells of a text that stood in the one that was left, in another form of itself. */
  tellInner(text: string): void {
    this.#inner?.(text, this.#path());
  }

  /** Counts a class and hides the place where it stands. */
  mark(found: ContentClass, start: number, end: number): void {
    this.count(found);
    if (this.#value && KEPT.has(found)) this.#tell(start, end, found);
    this.hide(start, end, found);
  }

  /** Hides what looks random: it may be a credential of an unknown shape. */
  hideToken(start: number, end: number): void {
    if (this.#value) this.#tell(start, end, undefined);
    this.hide(start, end, 'token');
  }

  #tell(start: number, end: number, found: ContentClass | undefined): void {
    this.#value?.(this.text.slice(start, end), this.#place(), found);
  }

  hide(start: number, end: number, label: string): void {
    this.spans ??= [];
    this.spans.push({ start, end, label });
  }

  /** Values inside an address are what it carries, not where it goes. */
  inside(work: () => void): void {
    const { destination } = this;
    this.destination = false;
    work();
    this.destination = destination;
  }

  /** `value` is normalised already; equal values have one atom, at their first place. */
  atom(kind: Atom['kind'], value: string, offset: number, found?: ContentClass): void {
    this.print(kind, sipHash(this.key, value), offset, found);
  }

  /** The same for a value that is known by its fingerprint alone. */
  print(kind: Atom['kind'], print: string, offset: number, found?: ContentClass): void {
    const known = this.#seen.get(print);
    if (known) {
      if (found && !known.class) known.class = found;
      if (this.destination && found !== 'secret') known.destination = true;
      return;
    }
    if (this.atoms.length >= LIMITS.atomsMax) {
      this.truncated = true;
      return;
    }
    const atom: Mutable<Atom> = { print, kind, at: this.#place() };
    if (found) atom.class = found;
    // A secret is never where something goes, whatever the member is called.
    if (this.destination && found !== 'secret') atom.destination = true;
    if (this.layerDepth > 0) atom.decoded = true;
    this.#seen.set(print, atom);
    this.atoms.push(atom);
    this.#offsets.push(offset);
  }

  #path(): string {
    this.#at ??= this.#where();
    return this.#at;
  }

  /** Built when first needed, and once for all that stands on one line. */
  #place(): string {
    const path = this.#path();
    if (this.line === 0) return path;
    if (this.#lineOfAt !== this.line || this.#lineAt === undefined) {
      this.#lineAt = `${path}:${this.line}`;
      this.#lineOfAt = this.line;
    }
    return this.#lineAt;
  }

  /** The passage reads like an instruction: so do the values in it. */
  instruct(start: number, end: number): void {
    this.instructionLike = true;
    for (let i = this.#firstOfText; i < this.atoms.length; i++) {
      const offset = this.#offsets[i] ?? 0;
      const atom = this.atoms[i];
      if (atom && offset >= start && offset <= end) atom.instructionLike = true;
    }
  }
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // A surrogate pair has four bytes: two for each half.
    if (code > 0x7ff && (code < 0xd800 || code > 0xdfff)) bytes += 2;
    else if (code > 0x7f) bytes++;
  }
  return bytes;
}
