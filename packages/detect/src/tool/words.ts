/** The words of one phrase: a tool's name, its title, or a sentence of its description. */
export interface Phrase {
  readonly source: 'name' | 'title' | 'description';
  /** In order. */
  readonly stems: readonly string[];
  /** Which of them stand where a verb stands. */
  readonly verbs: readonly boolean[];
}

const SENTENCES_MAX = 3;
const DOUBLED = /([bdfgklmnprt])\1$/;
const WORDS_MAX = 48;

/** `readTextFile`, `read_text_file` and `read-text-file` are the same three words. */
export function nameWords(name: string): readonly string[] {
  return name
    .slice(0, 256)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

/** Verbs that are nouns as often: in a name they act only where they come first. */
const NOUNS: ReadonlySet<string> = new Set(
  'email mail message text post order trade review comment check access contact'
    .split(' ')
    .map(stem),
);

export function namePhrase(name: string, source: 'name' | 'title'): Phrase {
  const stems = nameWords(name).map(stem);
  return { source, stems, verbs: stems.map((word, i) => i === 0 || !NOUNS.has(word)) };
}

/**
 * The first sentences say what a tool does; later ones say how to use it and name things that it
 * does not do.
 */
export function descriptionPhrases(description: string): readonly Phrase[] {
  const sentences = description.slice(0, 2_000).split(/[.!?:;]\s|\n/, 12);
  const kept = sentences.filter((sentence) => sentence.trim() !== '').slice(0, SENTENCES_MAX);
  return kept.map(sentencePhrase);
}

/** A verb may follow one of these, or begin the sentence. */
const BEFORE_VERB: ReadonlySet<string> = new Set(
  'and or to then will you also which , tool for allows by'.split(' '),
);

function sentencePhrase(sentence: string): Phrase {
  const stems: string[] = [];
  const verbs: boolean[] = [];
  let before = 'and';
  const tokens = sentence.toLowerCase().match(/[a-z]+|,/g) ?? [];
  for (const word of tokens.slice(0, WORDS_MAX)) {
    if (word !== ',') {
      stems.push(stem(word));
      verbs.push(BEFORE_VERB.has(before));
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
export function stem(word: string): string {
  let base = word;
  if (base.length > 4 && base.endsWith('ies')) base = `${base.slice(0, -3)}y`;
  else if (/(s|x|z|ch|sh)es$/.test(base)) base = base.slice(0, -2);
  else if (base.length > 3 && base.endsWith('s') && !base.endsWith('ss')) base = base.slice(0, -1);
  if (base.length > 5 && base.endsWith('ing')) base = base.slice(0, -3).replace(DOUBLED, '$1');
  else if (base.length > 4 && base.endsWith('ed')) base = base.slice(0, -2).replace(DOUBLED, '$1');
  return base.length > 3 && base.endsWith('e') ? base.slice(0, -1) : base;
}
