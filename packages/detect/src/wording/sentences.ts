import { actsOfVerb, isVerb } from './acts.ts';

/** Longer sentences are cut. */
const SENTENCE_CHARS_MAX = 600;
const SENTENCE_CHARS_MIN = 8;

export interface Sentence {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** Ends of sentences, paragraphs, items and marked-up parts; also where JSON escaped them. */
const BREAKS = /\n\s*\n|(?:\\n)(?:\s*\\n)?|(?<=[.!?])\s+|[\r\n]\s*[-*•]\s+|<[^<>\n]{0,200}>/g;

/** Sentences of a text, at most so many. A line break alone ends none: texts are wrapped. */
export function sentencesOf(text: string, max: number): Sentence[] {
  const found: Sentence[] = [];
  let line = 1;
  let from = 0;
  const take = (to: number): void => {
    const raw = text.slice(from, to);
    const sentence = raw.replace(/\s+/g, ' ').trim().slice(0, SENTENCE_CHARS_MAX);
    if (sentence.length >= SENTENCE_CHARS_MIN) found.push({ text: sentence, line });
    for (let at = raw.indexOf('\n'); at >= 0; at = raw.indexOf('\n', at + 1)) line++;
  };
  for (const match of text.matchAll(BREAKS)) {
    if (found.length >= max) return found;
    take(match.index);
    for (const character of match[0]) if (character === '\n') line++;
    from = match.index + match[0].length;
  }
  if (found.length < max) take(text.length);
  return found;
}

const LEAD = new RegExp(
  `^(?:[\\s\\-*\\d.)("'<>\\[\\]#:,]|(?:${[
    'please|kindly|also|then|and|now|next|first|second|third|finally|additionally|immediately|just',
    'you must|you should|you need to|you have to|make sure to|make sure you|be sure to|remember to',
    "don't forget to|do not forget to|i want you to|i need you to|could you|can you|would you",
    'to do so|in addition|after that|afterwards|before that|todo|task|note|important|hey|hi|hello',
  ].join('|')})\\b)*`,
  'i',
);
const INSIDE =
  /\b(?:please|you (?:must|should|need to|have to|can|could)|need you to|want you to|remember to|be sure to|make sure to|make sure you|don.t forget to|could you|can you|would you|kindly)\s+(?:\w+ly )?([a-z]+)/;
const JOINED = /(?:\band\b|\bthen\b|,|;)\s*(?:then |also |please )*([a-z]+)/g;

/** What follows a verb that has an object, and hardly any other first word of a sentence. */
const OBJECT =
  /^[a-z]{2,} (?:the|a|an|all|any|every|each|both|your|my|his|her|their|our|its|these|those|me|us|it|them|him)\b/;
const NO_VERBS: ReadonlySet<string> = new Set(
  `in on at from with for to of by as is are was were be am been has have had do does did will would
  can could may might must shall should i we you he she it they who whom whose what which when where
  why how this that these those there here and or but nor so yet if unless until while because since
  though although after before during about above across against along among around behind below
  beneath beside between beyond despite down inside into like near off onto out outside over past
  per than through throughout toward towards under up upon via within without not no only even also
  both either neither all some any many much most more few such same other another very too just
  once again still always never often thus hence however instead whether today yesterday`.split(
    /\s+/,
  ),
);

/** Acts that a sentence asks for, as bits: of a verb where orders have theirs. 0: none. */
export function askedBy(sentence: string): number {
  const lower = sentence.toLowerCase();
  const lead = LEAD.exec(lower)?.[0].length ?? 0;
  const first = /^[a-z]+/.exec(lower.slice(lead))?.[0] ?? '';
  let acts = 0;
  const leads = isVerb(first) || (OBJECT.test(lower.slice(lead)) && !NO_VERBS.has(first));
  if (leads) {
    acts |= actsOfVerb(first);
    for (const [, verb = ''] of lower.matchAll(JOINED)) if (isVerb(verb)) acts |= actsOfVerb(verb);
  }
  const inside = INSIDE.exec(lower)?.[1] ?? '';
  return isVerb(inside) ? acts | actsOfVerb(inside) : acts;
}

/** Acts of all verbs in a sentence: what a user asks for stands anywhere in it. */
export function actsIn(sentence: string): number {
  let acts = askedBy(sentence);
  for (const [word] of sentence.toLowerCase().matchAll(/[a-z]+/g)) {
    if (isVerb(word)) acts |= actsOfVerb(word);
  }
  return acts;
}
