/** The words of one phrase: a tool's name, its title, or a sentence of its description. */
export interface Phrase {
  readonly source: 'name' | 'title' | 'description';
  /** In order. */
  readonly stems: readonly string[];
  /** Places of those that stand where a verb stands. */
  readonly verbs: readonly number[];
}

/** Two stems, one after the other. */
export type Pair = readonly [string, string];

/** Stems of a list of words. */
export const words = (text: string): ReadonlySet<string> => new Set(text.split(' ').map(stem));

/** Each word of the first list before each of the second. */
export const pairs = (first: string, second: string): readonly Pair[] =>
  [...words(first)].flatMap((a) => [...words(second)].map((b): Pair => [a, b]));

const SENTENCES_MAX = 3;
const DOUBLED = /([bdfgklmnprt])\1$/;
const WORDS_MAX = 48;

/** `readTextFile`, `read_text_file` and `read-text-file` are the same three words. */
function nameWords(name: string): readonly string[] {
  return name
    .slice(0, 256)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

/** Verbs that are nouns as often. */
const NOUNS: ReadonlySet<string> = words(
  'email mail message text post order trade review comment check access contact transfer purchase deposit refund ' +
    'book issue query search input bill charge build test process wire stake lead view return count track lock chat prompt dispatch schedule',
);

/** In `emails_search` it is the last word that says what is done. */
const ASKING: ReadonlySet<string> = words('search query view');

function unsureVerb(stems: readonly string[], verbs: ReadonlySet<string>): number {
  const last = stems.length - 1;
  if (last > 0 && ASKING.has(stems[last] ?? '')) return last;
  return stems.findIndex((word) => verbs.has(word));
}

/**
 * A name acts by its first verb, and by what “and” or “or” joins to that. What is as often a noun
 * is a verb only where no other is.
 *
 * @param verbs stems that are verbs
 */
export function namePhrase(
  name: string,
  source: 'name' | 'title',
  verbs: ReadonlySet<string>,
): Phrase {
  const stems = nameWords(name).map(stem);
  const sure = stems.findIndex((word) => verbs.has(word) && !NOUNS.has(word));
  const main = sure < 0 ? unsureVerb(stems, verbs) : sure;
  const joined = (i: number): boolean => i > main && /^(?:and|or)$/.test(stems[i - 1] ?? '');
  return { source, stems, verbs: [...stems.keys()].filter((i) => i === main || joined(i)) };
}

/**
 * The first sentences say what a tool does; later ones say how to use it and name things that it
 * does not do. What stands in brackets is said by the way.
 */
export function descriptionPhrases(description: string): readonly Phrase[] {
  const [said = ''] = description.slice(0, 2_000).split(ARGUMENTS, 1);
  const text = said.replace(/\([^()\n]{0,200}\)/g, ' ');
  const sentences = text.split(/[.!?:;]\s|\n|\s[-–—]\s/, 12);
  const kept = sentences.filter((sentence) => sentence.trim() !== '').slice(0, SENTENCES_MAX);
  return kept.map(sentencePhrase);
}

/** From here on it tells of arguments. */
const ARGUMENTS = /\b(?:args|arguments|parameters|params|examples?)\s*:/i;

/** A verb may follow one of these, or begin the sentence. */
const BEFORE_VERB: ReadonlySet<string> = new Set(
  'and or to then will you also which , tool for allows by'.split(' '),
);
/** What is as often a noun is a verb after these. */
const BEFORE_SURE_VERB: ReadonlySet<string> = new Set(['', 'to', 'will', 'you']);
/** What comes after is no object of the verb before. */
const CLAUSES: ReadonlySet<string> = new Set(
  'using via when if where because require requires without unless so before after'.split(' '),
);

/** Marks the end of a clause: no list of words holds it. */
export const CLAUSE_END = ';';

const isVerb = (word: string, before: string): boolean =>
  NOUNS.has(word) ? BEFORE_SURE_VERB.has(before) : before === '' || BEFORE_VERB.has(before);

function sentencePhrase(sentence: string): Phrase {
  const stems: string[] = [];
  const verbs: number[] = [];
  let before = '';
  const tokens = sentence.toLowerCase().match(/[a-z]+|,/g) ?? [];
  for (const word of tokens.slice(0, WORDS_MAX)) {
    if (word !== ',') {
      const one = stem(word);
      stems.push(CLAUSES.has(word) ? CLAUSE_END : one);
      if (isVerb(one, before)) verbs.push(stems.length - 1);
    }
    // Adverbs do not come between: “or completely overwrite”.
    if (!word.endsWith('ly')) before = word;
  }
  return { source: 'description', stems, verbs };
}

/**
 * Cuts the endings that English verbs and plurals take. Both sides of a comparison are cut, so it
 * need not be right.
 */
function stem(word: string): string {
  let base = word;
  if (base.length > 4 && base.endsWith('ies')) base = `${base.slice(0, -3)}y`;
  else if (/(s|x|z|ch|sh)es$/.test(base)) base = base.slice(0, -2);
  else if (base.length > 3 && base.endsWith('s') && !base.endsWith('ss')) base = base.slice(0, -1);
  if (base.length > 6 && base.endsWith('ing')) base = base.slice(0, -3).replace(DOUBLED, '$1');
  else if (base.length > 4 && base.endsWith('ed')) base = base.slice(0, -2).replace(DOUBLED, '$1');
  return base.length > 3 && base.endsWith('e') ? base.slice(0, -1) : base;
}
