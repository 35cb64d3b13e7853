/**
 * Many literals, one look per word: a 4096-bit filter over the first three characters says whether
 * any literal can begin here, so ordinary words cost one table read. Letters match in any case, a
 * space matches any run of white space.
 */
export class Lexicon<Id> {
  readonly #filter = new Uint8Array(4096);
  readonly #byHead = new Map<number, { readonly literal: string; readonly id: Id }[]>();

  /** Literals have at least three characters and begin with a letter. */
  add(literal: string, id: Id): void {
    const head = headAt(literal, 0);
    this.#filter[head & 4095] = 1;
    const rows = this.#byHead.get(head);
    if (rows) rows.push({ literal, id });
    else this.#byHead.set(head, [{ literal, id }]);
  }

  /** Calls `found` for each literal that begins at `at`, with the place where it ends. */
  match(text: string, at: number, found: (id: Id, end: number) => void): void {
    const head = headAt(text, at);
    if (this.#filter[head & 4095] === 0) return;
    for (const row of this.#byHead.get(head) ?? []) {
      const end = endOf(text, at, row.literal);
      if (end > 0) found(row.id, end);
    }
  }
}

function headAt(text: string, at: number): number {
  const a = text.charCodeAt(at) | 32;
  const b = text.charCodeAt(at + 1) | 32;
  const c = text.charCodeAt(at + 2) | 32;
  return (a * 961 + b * 31 + c) & 0x7fffffff;
}

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

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
