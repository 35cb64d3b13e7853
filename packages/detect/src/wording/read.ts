import { LIMITS, type SipKey } from '@spoor/core';
import { isDestinationName } from '../examine/destinations.ts';
import { actsOfWord, isDoing, isVerb, wordsOfName } from './acts.ts';
import { flagsOf } from './delegation.ts';
import { actsIn, askedBy, sentencesOf } from './sentences.ts';
import { isCommon, stem, TERM_KINDS, type Term, Terms } from './terms.ts';
import { DESTINATION, LONG_TEXT, type WordGroup, type Wording } from './wording.ts';

const { wordingTextCharsMax, wordingWordsMax, wordingValuesMax, wordingSentencesMax } = LIMITS;
/** Longer values are texts. */
const SHORT_CHARS_MAX = 80;
const SHORT_VALUES_MAX = 32;
const SHORT_TERMS_MAX = 12;
const SENTENCE_TERMS_MAX = 48;
/** Of a tool's description: its first sentence, and words of that after the verb. */
const DESCRIPTION_CHARS_MAX = 400;
const OBJECT_WORDS_MAX = 5;
const PROMPT_SENTENCES_MAX = 64;
/** Where in a tag the number of values begins. */
const ACTS_BITS = 20;
const VALUES_TAGGED_MAX = 63;

const printsOf = (terms: readonly Term[]): Uint32Array =>
  Uint32Array.from(new Set(terms.map(({ print }) => print)));

const limited = (prints: ReadonlySet<number>, max: number): Uint32Array =>
  Uint32Array.from(prints).subarray(0, max);

/** What a user asks for. */
export function readPrompt(key: SipKey, prompt: string): Wording {
  const text = prompt.slice(0, wordingTextCharsMax);
  const terms = new Terms(key);
  const groups = sentencesOf(text, PROMPT_SENTENCES_MAX).map((sentence): WordGroup => {
    const words = terms.of(sentence.text, true).slice(0, SENTENCE_TERMS_MAX);
    return { tag: actsIn(sentence.text), line: sentence.line, prints: printsOf(words) };
  });
  const words = new Set(terms.of(text, true).map(({ print }) => print));
  return {
    head: flagsOf(text),
    groups,
    values: new Uint32Array(0),
    words: limited(words, wordingWordsMax),
  };
}

/** What a result says, and what it asks for. */
export function readResult(key: SipKey, result: unknown): Wording {
  const terms = new Terms(key);
  const groups: WordGroup[] = [];
  const values = new Set<number>();
  const words = new Set<number>();
  let sentences = 0;
  for (const { text } of stringsOf(result)) {
    for (const sentence of sentencesOf(text, wordingSentencesMax)) {
      sentences++;
      const said = terms.of(sentence.text, true);
      for (const { print } of said) words.add(print);
      const acts = groups.length < wordingSentencesMax ? askedBy(sentence.text) : 0;
      if (acts === 0) addValues(values, said);
      else if (said.length > 0) groups.push(askedGroup(acts, sentence.line, said));
    }
  }
  return {
    head: sentences,
    groups,
    values: limited(values, wordingValuesMax),
    words: limited(words, wordingWordsMax),
  };
}

function addValues(values: Set<number>, terms: readonly Term[]): void {
  for (const { print, value } of terms) if (value) values.add(print);
}

/** Values first: what a sentence names counts for more than how it says it. */
function askedGroup(acts: number, line: number, said: readonly Term[]): WordGroup {
  const named = said.filter(({ value }) => value);
  const count = Math.min(VALUES_TAGGED_MAX, new Set(named.map(({ print }) => print)).size);
  const sorted = [...named, ...said.filter(({ value }) => !value)];
  const prints = printsOf(sorted.slice(0, SENTENCE_TERMS_MAX));
  return { tag: acts | (count << ACTS_BITS), line, prints };
}

/** Acts of a sentence's tag. */
export const actsOfTag = (tag: number): number => tag & ((1 << ACTS_BITS) - 1);
/** How many of its prints, the first ones, are values. */
export const valuesOfTag = (tag: number): number => tag >>> ACTS_BITS;

/** A tool, as far as words of it are compared. */
export interface NamedTool {
  readonly name: string;
  readonly description?: string;
}

/** What a call does, with what. */
export function readCall(key: SipKey, tool: NamedTool, args: unknown): Wording {
  const terms = new Terms(key);
  const { name, nouns, verb, acts } = readTool(terms, tool);
  const groups: WordGroup[] = [];
  const values = new Set<number>();
  const words = new Set<number>();
  let long = false;
  for (const { text, member } of stringsOf(args)) {
    long ||= text.length > SHORT_CHARS_MAX;
    const found = terms.of(text, false);
    for (const { print } of found) words.add(print);
    if (text.length > SHORT_CHARS_MAX) addValues(values, found);
    else if (found.length > 0 && groups.length < SHORT_VALUES_MAX) {
      const tag = isDestinationName(member) ? DESTINATION : 0;
      groups.push({ tag, line: 0, prints: printsOf(found.slice(0, SHORT_TERMS_MAX)) });
    }
  }
  const group = (tag: number, prints: readonly number[]): WordGroup => {
    return { tag, line: 0, prints: Uint32Array.from(new Set(prints)) };
  };
  return {
    head: acts,
    groups: [group(long ? LONG_TEXT : 0, name), group(0, nouns), group(0, verb), ...groups],
    values: limited(values, wordingValuesMax),
    words: limited(words, wordingWordsMax),
  };
}

interface ToolWords {
  readonly acts: number;
  readonly name: readonly number[];
  /** What it works on. */
  readonly nouns: readonly number[];
  /** One, where it has one. */
  readonly verb: readonly number[];
}

function readTool(terms: Terms, { name, description = '' }: NamedTool): ToolWords {
  const words = wordsOfName(name);
  const first = description.slice(0, DESCRIPTION_CHARS_MAX).split('.')[0] ?? '';
  const said = (first.toLowerCase().match(/[a-z]{2,}/g) ?? []).filter((word) => !isCommon(word));
  const [lead = '', ...objects] = said;
  const print = (word: string): number => terms.print(stem(word), TERM_KINDS.word);
  const nouns = [...words.filter((word) => !isDoing(word)), ...objects.slice(0, OBJECT_WORDS_MAX)];
  return {
    acts: [...words, lead].reduce((acts, word) => acts | actsOfWord(word), 0),
    name: words.map(print),
    nouns: nouns.map(print),
    verb: words.filter(isVerb).slice(0, 1).map(print),
  };
}

interface Text {
  readonly text: string;
  /** Name of the member that it stands in; of the list's, where it stands in one. */
  readonly member: string;
}

/** Strings and numbers of a JSON value, in order, until so much text was read. */
function stringsOf(value: unknown): Text[] {
  const found: Text[] = [];
  collect(found, wordingTextCharsMax, value, '', 0);
  return found;
}

/** Returns how many characters are left. */
function collect(
  found: Text[],
  left: number,
  value: unknown,
  member: string,
  depth: number,
): number {
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value).slice(0, left);
    found.push({ text, member });
    return left - text.length;
  }
  if (typeof value !== 'object' || value === null || depth > LIMITS.jsonDepthMax) return left;
  const isList = Array.isArray(value);
  let rest = left;
  for (const [name, inner] of Object.entries(value)) {
    if (rest <= 0) break;
    rest = collect(found, rest, inner, isList ? member : name, depth + 1);
  }
  return rest;
}
