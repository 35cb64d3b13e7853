import type { Reading } from './reading.ts';

const NEARBY_CHARS = 40;
const PHONE_WORDS = /phone|mobile|\bcell\b|\btel\b|\bfax\b|telefon|handy|whatsapp/;

/** Second letter by first of each of those words. */
const PAIRS = new Uint8Array(128);
for (const [first, second] of ['ph', 'mo', 'ce', 'te', 'fa', 'ha', 'wh']) {
  PAIRS[(first ?? '').charCodeAt(0)] = (second ?? '').charCodeAt(0);
}

/** What stands before a value: the name of its member, and a few words. */
export class Nearby {
  readonly #member: string;
  readonly #text: string;
  readonly #at: number;
  #words: string | undefined;

  constructor({ member, text }: Reading, at: number) {
    this.#member = member;
    this.#text = text;
    this.#at = at;
  }

  /** In lower case. */
  get words(): string {
    const from = Math.max(0, this.#at - NEARBY_CHARS);
    const member = this.#member.replaceAll(/([a-z])([A-Z])/g, '$1 $2');
    this.#words ??= `${member} ${this.#text.slice(from, this.#at)}`.toLowerCase();
    return this.#words;
  }

  /** Does a word for telephone stand there? Pairs of letters rule it out at little cost. */
  get isPhone(): boolean {
    if (PHONE_WORDS.test(this.#member.toLowerCase())) return true;
    const from = Math.max(0, this.#at - NEARBY_CHARS);
    return hasPair(this.#text, from, this.#at) && PHONE_WORDS.test(this.words);
  }
}

function hasPair(text: string, from: number, to: number): boolean {
  let wanted = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i) | 32;
    if (code === wanted) return true;
    wanted = code < 128 ? (PAIRS[code] ?? 0) : 0;
  }
  return false;
}
