import { isSpace } from './characters.ts';

interface Row<Id> {
  readonly literal: string;
  readonly id: Id;
  /** Of its first three characters. */
  readonly head: number;
  /** The next that is no space, folded; 0 where there is none or a space stands before. */
  readonly next: number;
}

const HEADS = 4096;

/**
 * Many literals, one look per word: a 4096-bit filter over the first three characters says whether
 * any literal can begin here, so ordinary words cost one table read. Letters match in any case, a
 * space matches any run of white space.
 */
export class Lexicon<Id> {
  readonly #filter = new Uint8Array(HEADS);
  readonly #rows = new Map<number, Row<Id>[]>();

  /** Literals have at least three characters and begin with a letter. */
  add(literal: string, id: Id): void {
    const [a, b, c] = [literal.charCodeAt(0), literal.charCodeAt(1), literal.charCodeAt(2)];
    const head = headOf(a, b, c);
    const early = literal.slice(0, 3).includes(' ');
    const next = literal.charCodeAt(literal[3] === ' ' ? 4 : 3) | 32;
    const known = early || literal.length < 5 ? 0 : next;
    this.#filter[head & (HEADS - 1)] = 1;
    const rows = this.#rows.get(head & (HEADS - 1)) ?? [];
    rows.push({ literal, id, head, next: known });
    this.#rows.set(head & (HEADS - 1), rows);
  }

  /** Cheap, and nearly always no. */
  canBegin(bytes: Uint8Array, at: number): boolean {
    const head = headOf(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
    return this.#filter[head & (HEADS - 1)] === 1;
  }

  /**
   * Calls `found` for each literal that begins at `at`, with the place where it ends.
   *
   * @param bytes codes of the text
   */
  match(text: string, bytes: Uint8Array, at: number, found: (id: Id, end: number) => void): void {
    const head = headOf(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
    const rows = this.#rows.get(head & (HEADS - 1));
    if (!rows) return;
    const next = nextOf(bytes, at + 3);
    for (const row of rows) {
      if (row.head !== head || (row.next !== next && row.next !== 0 && next !== 0)) continue;
      const end = endOf(text, at, row.literal);
      if (end > 0) found(row.id, end);
    }
  }
}

const headOf = (a: number, b: number, c: number): number =>
  (a | 32) * 961 + (b | 32) * 31 + (c | 32);

/** Folded, behind one space at most; 0 where that is not enough to know. */
function nextOf(bytes: Uint8Array, at: number): number {
  let code = bytes[at] ?? 0;
  if (isSpace(code)) code = bytes[at + 1] ?? 0;
  return code === 0 || isSpace(code) ? 0 : code | 32;
}

function endOf(text: string, from: number, literal: string): number {
  let at = from;
  for (let i = 0; i < literal.length; i++) {
    const want = literal.charCodeAt(i);
    let have = text.charCodeAt(at);
    if (want === 32) {
      if (!isSpace(have)) return -1;
      // Bounded: padding is a way to hide a phrase, but a page of it is no phrase.
      for (const stop = at + 8; at < stop && isSpace(have); have = text.charCodeAt(++at));
      continue;
    }
    if (have !== want && !(want >= 97 && want <= 122 && (have | 32) === want)) return -1;
    at++;
  }
  return at;
}
