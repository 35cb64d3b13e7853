import { type SipKey, sipHash } from '@spoor/core';

/** What a token looks like; in the low three bits of its print. */
export const TERM_KINDS = {
  word: 0,
  email: 1,
  account: 2,
  url: 3,
  number: 4,
  path: 5,
  name: 6,
} as const;
export type TermKind = (typeof TERM_KINDS)[keyof typeof TERM_KINDS];

export const kindOfPrint = (print: number): number => print & 7;

export interface Term {
  readonly print: number;
  /** Would it identify something: an address, a number, a name? */
  readonly value: boolean;
}

const TOKENS = /[A-Za-z0-9\u00c0-\u1fff\u2c00-\uffdc][\w@.:/+%\u00c0-\u1fff\u2c00-\uffdc-]*/g;
const PLAIN = /^[a-z\u00c0-\u1fff\u2c00-\uffdc]+$/;
const PIECES = /[a-z]{3,}/g;
const TRAILING = /[.:/+%_-]+$/;
const SCHEME = /^[a-z]{2,8}:\/\//;

/** Words so common that they say nothing. */
const COMMON: ReadonlySet<string> = new Set(
  `a an the of to in on at for and or with by from as is are was were be been it its this that these
  those i me my we our you your he she they them his her their us do does did not no if then so but
  than into about can could will would should please also all any some one which who what when
  where how there here just very up out over via per may might must has have had am let s t`.split(
    /\s+/,
  ),
);

export const isCommon = (word: string): boolean => COMMON.has(word);

const SUFFIXES = 'ations ation ings ing ions ion ments ment edly ed ies es s er ers e'.split(' ');

/** A rough stem: related forms of an English word have one. */
export function stem(word: string): string {
  for (const suffix of SUFFIXES) {
    if (word.length - suffix.length >= 3 && word.endsWith(suffix)) {
      return word.slice(0, -suffix.length);
    }
  }
  return word;
}

/** Prints of one key, each word hashed once. */
export class Terms {
  readonly #key: SipKey;
  readonly #prints = new Map<string, number>();

  constructor(key: SipKey) {
    this.#key = key;
  }

  /** Of a stem, or of a whole token in lower case. */
  print(token: string, kind: TermKind): number {
    const known = this.#prints.get(token);
    if (known !== undefined) return known;
    const print = ((Number.parseInt(sipHash(this.#key, token).slice(0, 8), 16) & ~7) | kind) >>> 0;
    this.#prints.set(token, print);
    return print;
  }

  /**
   * Terms of a text in order.
   *
   * @param pieces also the words inside names and paths
   */
  of(text: string, pieces: boolean): Term[] {
    const terms: Term[] = [];
    for (const [raw] of text.matchAll(TOKENS)) {
      const token = raw.replace(TRAILING, '');
      const lower = token.toLowerCase();
      if (PLAIN.test(lower)) {
        if (lower.length < 2 || COMMON.has(lower)) continue;
        const value = token.charCodeAt(0) !== lower.charCodeAt(0);
        terms.push({ print: this.print(stem(lower), TERM_KINDS.word), value });
        continue;
      }
      const bare = lower.replace(SCHEME, '');
      const kind = kindOfToken(bare);
      terms.push({ print: this.print(bare, kind), value: kind !== TERM_KINDS.name });
      if (!pieces || kind === TERM_KINDS.email) continue;
      for (const [piece] of bare.matchAll(PIECES)) {
        if (COMMON.has(piece)) continue;
        terms.push({ print: this.print(stem(piece), TERM_KINDS.word), value: false });
      }
    }
    return terms;
  }
}

function kindOfToken(token: string): TermKind {
  if (token.includes('@')) return TERM_KINDS.email;
  if (/^[a-z]{2}\d{6}/.test(token)) return TERM_KINDS.account;
  if (/[a-z]\.[a-z]{2}/.test(token)) return TERM_KINDS.url;
  if (/^[\d.,:/+-]+$/.test(token)) return TERM_KINDS.number;
  if (token.includes('/')) return TERM_KINDS.path;
  return TERM_KINDS.name;
}
