import { type Atom, type ContentClass, LIMITS, type SipKey, sipHash } from '@spoor/core';
import { SecretBudget } from './secrets.ts';

export type Role = 'arguments' | 'result' | 'intent';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Part of a text that a projection must not show, with the word that stands for it. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/**
 * What has been found so far in one content. Scanners write into it; `examine` turns it into facts.
 */
export class Reading {
  readonly key: SipKey;
  readonly role: Role;
  readonly classes: Map<ContentClass, number> = new Map();
  readonly atoms: Mutable<Atom>[] = [];
  readonly externals: Set<string> = new Set();
  readonly secrets: SecretBudget = new SecretBudget();
  charsLeft: number = LIMITS.examineBytesMax;
  instructionLike = false;
  hiddenText = false;
  truncated = false;

  /**
   * Path of the text that is being read, name of its member, and where its lines are counted from.
   */
  at = '';
  member = '';
  line = 0;
  /** Does the member say where the content goes? */
  destination = false;
  spans: Span[] = [];
  readonly #offsets: number[] = [];
  readonly #seen = new Map<string, Mutable<Atom>>();
  #firstOfText = 0;

  constructor(key: SipKey, role: Role) {
    this.key = key;
    this.role = role;
  }

  open(at: string, member: string, destination: boolean, lines: boolean): void {
    this.at = at;
    this.member = member;
    this.destination = destination;
    this.line = lines ? 1 : 0;
    this.spans = [];
    this.#firstOfText = this.atoms.length;
  }

  count(found: ContentClass): void {
    this.classes.set(found, (this.classes.get(found) ?? 0) + 1);
  }

  /** Counts a class and hides the place where it stands. */
  mark(found: ContentClass, start: number, end: number): void {
    this.count(found);
    this.hide(start, end, found === 'secret' ? 'secret' : found);
  }

  hide(start: number, end: number, label: string): void {
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
    const known = this.#seen.get(value);
    if (known) {
      if (found && !known.class) known.class = found;
      if (this.destination && found !== 'secret') known.destination = true;
      return;
    }
    if (this.atoms.length >= LIMITS.atomsMax) {
      this.truncated = true;
      return;
    }
    const at = this.line > 0 ? `${this.at}:${this.line}` : this.at;
    const atom: Mutable<Atom> = { print: sipHash(this.key, value), kind, at };
    if (found) atom.class = found;
    // A secret is never where something goes, whatever the member is called.
    if (this.destination && found !== 'secret') atom.destination = true;
    this.#seen.set(value, atom);
    this.atoms.push(atom);
    this.#offsets.push(offset);
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

/** Case, spacing and the punctuation around a value do not make it another value. */
export function normalise(text: string): string {
  return trimPunctuation(text).toLowerCase().replace(/\s+/g, ' ');
}

function trimPunctuation(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isEdge(text.charCodeAt(start))) start++;
  while (end > start && isEdge(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Quotes, brackets, separators and list marks, which change when a value is pasted elsewhere. */
function isEdge(code: number): boolean {
  if (code <= 47) return code !== 36 && code !== 37 && code !== 38 && code !== 43 && code !== 47;
  if (code >= 58 && code <= 64) return true;
  return (code >= 91 && code <= 96) || (code >= 123 && code <= 125) || code === 0xa0;
}
