/**
 * Goes through the text of valid JSON and writes it anew, as it was but for what is replaced:
 * numbers of any length, spaces and escapes stay.
 */
export class Tokens {
  readonly #text: string;
  readonly #written: string[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get written(): string {
    return this.#written.join('') + this.#text.slice(this.#at);
  }

  /** First sign of the next value. */
  peek(): string {
    const from = this.#at;
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
    if (this.#at > from) this.#written.push(this.#text.slice(from, this.#at));
    return this.#text[this.#at] ?? '';
  }

  /**
   * Goes through the members of an object.
   *
   * @param rename Undefined where a key stays.
   * @param each Goes through the value of the key.
   */
  members(rename: (key: string) => string | undefined, each: (key: string) => void): void {
    this.#sign();
    while (this.peek() === '"') {
      const raw = this.whole();
      const key = JSON.parse(raw) as string;
      const renamed = rename(key);
      this.write(renamed === undefined ? raw : JSON.stringify(renamed));
      this.#sign();
      each(key);
      if (this.peek() === ',') this.#sign();
    }
    this.#sign();
  }

  items(each: () => void): void {
    this.#sign();
    while (this.peek() !== ']') {
      each();
      if (this.peek() === ',') this.#sign();
    }
    this.#sign();
  }

  /** Takes the next value without writing it. */
  whole(): string {
    const first = this.peek();
    const from = this.#at;
    if (first === '"') this.#at = endOfString(this.#text, from) + 1;
    else if (first === '{' || first === '[') this.#at = endOfContainer(this.#text, from);
    else while (isScalar(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#text.slice(from, this.#at);
  }

  write(text: string): void {
    this.#written.push(text);
  }

  /** One sign of punctuation, as it is. */
  #sign(): void {
    this.write(this.peek());
    this.#at += 1;
  }
}

const SPACE = 32;
const isSpace = (code: number): boolean =>
  code === SPACE || code === 10 || code === 13 || code === 9;
/** Signs of numbers, `true`, `false` and `null`. */
const isScalar = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 97 && code <= 122) ||
  code === 43 ||
  code === 45 ||
  code === 46 ||
  code === 69;

/** Index of the closing quote. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function endOfContainer(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') at = endOfString(text, at);
    else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}
