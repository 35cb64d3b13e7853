import { RE2JS } from 're2js';
import { readRegex, WIDE } from '../../rules/literals.ts';
import { Folded, Search } from '../../rules/search.ts';
import type { ToolDefinition } from '../classify.ts';
import { describedIn } from '../names.ts';
import { POISON_SIGNS, POISONED_FROM } from './signs.ts';

/** What a definition gives away about what it is after. */
export interface Poison {
  /** Sum of the signs' weights; poisoned from 1. */
  readonly weight: number;
  readonly poisoned: boolean;
  /** Ids of the signs. */
  readonly signs: readonly string[];
}

const TEXT_CHARS_MAX = 16_384;

/**
 * Signs in all that a definition says: linear in its length; the same definition, the same signs.
 */
export function poisonOf(definition: ToolDefinition): Poison {
  const text = unquoted(textOf(definition));
  signs ??= new Signs();
  const has = signs.wordsIn(text);
  const found = signs.all.filter(({ patterns }) => patterns.some((one) => one.isIn(text, has)));
  const weight = Math.round(100 * found.reduce((sum, one) => sum + one.weight, 0)) / 100;
  return { weight, poisoned: weight >= POISONED_FROM, signs: found.map(({ id }) => id) };
}

/** Runs only where a text has what the expression needs; compiled when that first happens. */
class Pattern {
  readonly #source: string;
  readonly needs: readonly (readonly string[])[];
  #compiled: RE2JS | undefined;

  constructor(source: string) {
    this.#source = source;
    // Short lists are looked through first: most texts fail there.
    this.needs = readRegex(source).needs.toSorted((a, b) => a.length - b.length);
  }

  isIn(text: string, has: Has): boolean {
    if (!this.needs.every((set) => set.some(has))) return false;
    this.#compiled ??= RE2JS.compile(this.#source, RE2JS.CASE_INSENSITIVE);
    return this.#compiled.matcher(text).find();
  }
}

/** Does the text hold a word? */
type Has = (word: string) => boolean;

/** The signs with what their patterns need. Made for the first definition: it takes some time. */
class Signs {
  readonly all = POISON_SIGNS.map(({ id, weight, patterns }) => ({
    id,
    weight,
    patterns: patterns.map((source) => new Pattern(source)),
  }));
  readonly #words = [
    ...new Set(this.all.flatMap(({ patterns }) => patterns.flatMap(({ needs }) => needs.flat()))),
  ];
  readonly #search = new Search(this.#words);
  readonly #folded = new Folded();

  wordsIn(text: string): Has {
    const found = new Set<string>();
    this.#folded.load(text);
    this.#search.each(this.#folded, (index) => found.add(this.#words[index] ?? ''));
    if (this.#folded.isWide) found.add(WIDE);
    return (word) => found.has(word);
  }
}

let signs: Signs | undefined;

/** Compatibility forms and invisible characters hide words from patterns, not from models. */
function textOf({ title, description, inputSchema }: ToolDefinition): string {
  const texts = [title ?? '', description ?? '', ...describedIn(inputSchema, 0)];
  return texts
    .join('\n')
    .slice(0, TEXT_CHARS_MAX)
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '');
}

/** A phrase that is quoted as an example is spoken of, not spoken. */
const unquoted = (text: string): string =>
  text.replace(/(^|[\s(])(?:'[^'\n]{3,60}'|"[^"\n]{3,60}")(?=[\s.,;:)]|$)/g, '$1‹›');
