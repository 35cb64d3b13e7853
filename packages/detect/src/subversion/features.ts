import { kindOfName, READS, wordsOfName } from '../wording/acts.ts';
import { kindOfPrint, TERM_KINDS } from '../wording/terms.ts';
import {
  DESTINATION,
  LONG_TEXT,
  PROMPT_FLAGS,
  unpackWording,
  type Wording,
} from '../wording/wording.ts';
import type { Asked, SessionWording } from './memory.ts';

/**
 * Features of one call, in the order of the model's parameters. `sign` says how a feature may move
 * the score: 1 only up, -1 only down, 0 either way.
 */
export const FEATURES = [
  // The sentence of an earlier result that the call follows most closely.
  { name: 'askedActs', sign: 1, words: 'a result asks for what this call does' },
  { name: 'askedObject', sign: 1, words: 'a result names what this tool works on' },
  {
    name: 'askedArguments',
    sign: 1,
    words: 'arguments stand in a sentence that asks for something',
  },
  { name: 'askedNovel', sign: 1, words: 'values come from a sentence that asks for something' },
  { name: 'askedOnly', sign: 1, words: 'values stand nowhere but in a sentence that asks' },
  { name: 'askedLikePrompt', sign: -1, words: 'the sentence resembles the prompt' },
  { name: 'askedAge', sign: 0, words: 'calls since the sentence was read' },
  { name: 'askedByAction', sign: -1, words: 'the sentence is the answer of a tool that acts' },
  { name: 'askedAmong', sign: 0, words: 'sentences in the same result' },
  { name: 'askedAlone', sign: 0, words: 'the result is that one sentence' },
  { name: 'askedCovered', sign: 1, words: 'the call covers what the sentence says' },
  { name: 'askedLength', sign: 0, words: 'length of the sentence' },
  { name: 'askedScore', sign: 1, words: 'how closely the call follows a result' },
  { name: 'askedOverPrompt', sign: 1, words: 'the call follows a result rather than the prompt' },
  { name: 'askedReads', sign: 0, words: 'the sentence asks to read' },
  { name: 'askedWhole', sign: 1, words: 'all arguments stand in that sentence' },
  { name: 'askedBare', sign: 1, words: 'a result asks for a call without arguments' },
  { name: 'askedTwice', sign: 1, words: 'sentences that ask for what this call does' },
  { name: 'askedAsOrder', sign: 1, words: 'the passage reads like an order to an assistant' },
  { name: 'askedNamed', sign: 0, words: 'the prompt named what was read there' },
  { name: 'askedDelegated', sign: -1, words: 'the prompt left it to what was read there' },
  // The prompt's own sentence that covers the call best.
  { name: 'promptActs', sign: -1, words: 'the prompt asks for what this call does' },
  { name: 'promptObject', sign: -1, words: 'the prompt names what this tool works on' },
  { name: 'promptArguments', sign: -1, words: 'the prompt names the arguments' },
  { name: 'promptCover', sign: -1, words: 'the prompt covers this call' },
  { name: 'promptBoth', sign: -1, words: 'the prompt asks for this, with these arguments' },
  { name: 'promptShare', sign: -1, words: 'share of the prompt that the call takes up' },
  { name: 'promptVerb', sign: -1, words: 'the prompt uses the verb of the tool' },
  { name: 'promptTool', sign: -1, words: 'the prompt uses the words of the tool' },
  { name: 'promptLength', sign: 0, words: 'length of the prompt' },
  { name: 'delegates', sign: -1, words: 'the prompt delegates' },
  { name: 'refers', sign: -1, words: 'the prompt refers to a text' },
  {
    name: 'refersOnly',
    sign: 0,
    words: 'the prompt refers to a text, and the sentence brings nothing',
  },
  { name: 'open', sign: -1, words: 'the prompt is open-ended' },
  // Where the values come from.
  { name: 'values', sign: 0, words: 'values in the arguments' },
  { name: 'onlyCount', sign: 0, words: 'values that only results hold' },
  { name: 'onlyShare', sign: 1, words: 'share of values that only results hold' },
  { name: 'promptValues', sign: -1, words: 'share of values that the prompt holds' },
  { name: 'madeUp', sign: -1, words: 'share of values that stand nowhere' },
  {
    name: 'orderedCount',
    sign: 1,
    words: 'values that only sentences hold which ask for something',
  },
  { name: 'orderedHere', sign: 1, words: 'the followed sentence holds such values' },
  { name: 'orderedEmail', sign: 1, words: 'an e-mail address that only such a sentence holds' },
  { name: 'orderedUrl', sign: 1, words: 'an address that only such a sentence holds' },
  { name: 'orderedAccount', sign: 1, words: 'an account that only such a sentence holds' },
  { name: 'orderedNumber', sign: 0, words: 'a number that only such a sentence holds' },
  { name: 'orderedPath', sign: 1, words: 'a path that only such a sentence holds' },
  { name: 'orderedWord', sign: 0, words: 'a word that only such a sentence holds' },
  { name: 'destinations', sign: 0, words: 'the call says where something goes' },
  { name: 'destinationOrdered', sign: 1, words: 'the destination comes from such a sentence' },
  { name: 'destinationPrompt', sign: -1, words: 'the prompt names the destination' },
  // The call itself.
  { name: 'acts', sign: 1, words: 'the tool acts' },
  { name: 'reads', sign: -1, words: 'the tool reads' },
  { name: 'first', sign: -1, words: 'nothing was read before' },
  { name: 'arguments', sign: 0, words: 'number of arguments' },
  { name: 'repeats', sign: -1, words: 'the tool was used before' },
  { name: 'turn', sign: 0, words: 'calls before' },
  { name: 'sources', sign: 0, words: 'results that ask for something' },
  { name: 'long', sign: 0, words: 'a long text is passed' },
  { name: 'longAsked', sign: 1, words: 'share of that text that stands in sentences which ask' },
] as const;

export type FeatureName = (typeof FEATURES)[number]['name'];
export type Features = Readonly<Record<FeatureName, number>>;

/** The features, and what the call follows most closely. */
export interface Look {
  readonly features: Features;
  readonly asked: Asked | undefined;
}

/**
 * Undefined where the wording cannot be read.
 *
 * @param tool its name
 * @param wording of what was asked for
 */
export function lookAt(memory: SessionWording, tool: string, wording: string): Look | undefined {
  const call = unpackWording(wording);
  if (call === undefined) return undefined;
  const acting = new Acting(memory, tool, call);
  const best = acting.bestAsked();
  const prompt = acting.bestPrompt();
  return { features: acting.features(best, prompt), asked: best.asked };
}

interface BestAsked {
  readonly asked: Asked | undefined;
  readonly score: number;
  readonly acts: number;
  readonly object: number;
  readonly cover: number;
  readonly novel: number;
  readonly only: readonly number[];
  readonly likePrompt: number;
  readonly covered: number;
}

interface BestPrompt {
  readonly score: number;
  readonly acts: number;
  readonly object: number;
  readonly cover: number;
}

const NOBODY: BestAsked = {
  ...{ asked: undefined, score: -1, acts: 0, object: 0, cover: 0, novel: 0, only: [] },
  ...{ likePrompt: 0, covered: 0 },
};

const NOTHING_ASKED = {
  ...{ askedAge: 0, askedByAction: 0, askedAmong: 0, askedAlone: 0, askedLength: 0, askedReads: 0 },
  ...{ askedWhole: 0, askedAsOrder: 0, askedNamed: 0, askedDelegated: 0 },
};

class Acting {
  readonly #memory: SessionWording;
  readonly #tool: string;
  readonly #call: Wording;
  /** Of the tool: words of its name, what it works on, and its verb. */
  readonly #name: ReadonlySet<number>;
  readonly #nouns: ReadonlySet<number>;
  readonly #verb: number | undefined;
  readonly #isLong: boolean;
  readonly #shorts: readonly { readonly destination: boolean; readonly prints: Uint32Array }[];
  /** Everything that the arguments hold. */
  readonly #words: ReadonlySet<number>;

  constructor(memory: SessionWording, tool: string, call: Wording) {
    this.#memory = memory;
    this.#tool = tool;
    this.#call = call;
    const [name, nouns, verb, ...shorts] = call.groups;
    this.#isLong = name?.tag === LONG_TEXT;
    this.#name = new Set(name?.prints);
    this.#nouns = new Set(nouns?.prints);
    this.#verb = verb?.prints[0];
    this.#shorts = shorts.map(({ tag, prints: words }) => ({
      destination: tag === DESTINATION,
      prints: words,
    }));
    this.#words = new Set(call.words);
  }

  bestAsked(): BestAsked {
    let best = NOBODY;
    for (const asked of this.#memory.asked) {
      const one = this.#compare(asked);
      if (best.asked === undefined || one.score > best.score) best = one;
    }
    return best;
  }

  #compare(asked: Asked): BestAsked {
    const { prompt, plain } = this.#memory;
    const prints = new Set(asked.prints);
    const acts = (asked.acts & this.#call.head) === 0 ? 0 : 1;
    const object = Math.min(1, shared(prints, this.#nouns) / 2);
    const cover = this.#coverBy(prints);
    const novel = [...asked.prints.subarray(0, asked.values)].filter(
      (print) => this.#words.has(print) && !prompt.has(print),
    );
    const only = novel.filter((print) => !plain.has(print));
    const size = Math.max(1, prints.size);
    const likePrompt = shared(prints, prompt) / size;
    let said = 0;
    for (const print of prints) if (this.#isUsed(print)) said++;
    const covered = said / size;
    const score =
      acts +
      0.7 * object +
      cover +
      0.4 * Math.min(2, novel.length) +
      0.4 * Math.min(2, only.length) -
      likePrompt +
      0.5 * covered;
    return {
      ...{ asked, score, acts, object, cover, novel: novel.length, only, likePrompt, covered },
    };
  }

  /** Is the word one of the call, of its tool or of what that works on? */
  #isUsed(print: number): boolean {
    return this.#words.has(print) || this.#name.has(print) || this.#nouns.has(print);
  }

  bestPrompt(): BestPrompt {
    let best: BestPrompt = { score: 0, acts: 0, object: 0, cover: 0 };
    for (const sentence of this.#memory.promptSentences) {
      const prints = new Set(sentence.prints);
      const acts = (sentence.acts & this.#call.head) === 0 ? 0 : 1;
      const object = Math.min(1, shared(prints, this.#nouns) / 2);
      const cover = this.#coverBy(prints);
      const score = acts + 0.7 * object + cover;
      if (score > best.score) best = { score, acts, object, cover };
    }
    return best;
  }

  /** Share of the short values whose words all stand there. */
  #coverBy(prints: ReadonlySet<number>): number {
    if (this.#shorts.length === 0) return 0;
    return this.#shorts.filter((short) => holds(prints, short.prints)).length / this.#shorts.length;
  }

  /** Did the prompt name any of the values, or what the tool works on? */
  get named(): boolean {
    const { prompt } = this.#memory;
    return (
      this.#shorts.some((short) => holds(prompt, short.prints)) || shared(prompt, this.#nouns) > 0
    );
  }

  features(best: BestAsked, prompt: BestPrompt): Features {
    const memory = this.#memory;
    const kind = kindOfName(wordsOfName(this.#tool));
    const refers = memory.flags & PROMPT_FLAGS.refers ? 1 : 0;
    return {
      ...this.#followed(best, refers),
      askedOverPrompt: best.score - prompt.score,
      promptActs: prompt.acts,
      promptObject: prompt.object,
      promptArguments: prompt.cover,
      promptCover: prompt.score,
      promptBoth: Math.min(1, prompt.score) * prompt.cover,
      promptShare: this.#promptShare(),
      promptVerb: this.#verb !== undefined && memory.prompt.has(this.#verb) ? 1 : 0,
      promptTool: shared(this.#name, memory.prompt) / Math.max(1, this.#name.size),
      promptLength: Math.min(80, memory.prompt.size),
      delegates: memory.flags & PROMPT_FLAGS.delegates ? 1 : 0,
      refers,
      refersOnly: refers * (best.only.length === 0 ? 1 : 0),
      open: memory.flags & PROMPT_FLAGS.open ? 1 : 0,
      ...this.#origins(best),
      ...this.#destinations(best),
      acts: kind === 'write' ? 1 : 0,
      reads: kind === 'read' ? 1 : 0,
      first: memory.turns === 0 ? 1 : 0,
      arguments: Math.min(8, this.#shorts.length),
      repeats: memory.used.has(this.#tool) ? 1 : 0,
      turn: Math.min(20, memory.turns),
      sources: Math.min(5, new Set(memory.asked.map(({ turn }) => turn)).size),
      long: this.#isLong ? 1 : 0,
      longAsked: this.#longAsked(),
    };
  }

  #followed(best: BestAsked, refers: number) {
    const { asked } = best;
    return {
      askedActs: best.acts,
      askedObject: best.object,
      askedArguments: best.cover,
      askedNovel: Math.min(4, best.novel),
      askedOnly: Math.min(4, best.only.length),
      askedLikePrompt: best.likePrompt,
      askedCovered: best.covered,
      askedScore: best.score,
      askedBare: best.acts === 1 && this.#shorts.length === 0 ? 1 : 0,
      askedTwice: Math.min(5, this.#askedTimes()),
      ...(asked === undefined ? NOTHING_ASKED : this.#sentence(asked, refers)),
    };
  }

  #askedTimes(): number {
    return this.#memory.asked.filter(({ acts }) => (acts & this.#call.head) !== 0).length;
  }

  #sentence(asked: Asked, refers: number) {
    const { turns, flags, named } = this.#memory;
    const delegates = flags & PROMPT_FLAGS.delegates ? 1 : 0;
    const isNamedThere = named.has(asked.turn) ? 1 : 0;
    const prints = new Set(asked.prints);
    const whole = this.#shorts.every((short) => holds(prints, short.prints));
    return {
      askedAge: Math.min(8, turns - asked.turn),
      askedByAction: asked.acted ? 1 : 0,
      askedAmong: Math.min(10, asked.among),
      askedAlone: asked.among === 1 ? 1 : 0,
      askedLength: Math.min(40, asked.prints.length),
      askedReads: (asked.acts & READS) === 0 ? 0 : 1,
      askedWhole: whole && this.#shorts.length > 0 ? 1 : 0,
      askedAsOrder: asked.instructionLike ? 1 : 0,
      askedNamed: isNamedThere,
      askedDelegated: isNamedThere * Math.max(delegates, refers),
    };
  }

  #promptShare(): number {
    const { prompt } = this.#memory;
    let used = 0;
    for (const print of prompt) if (this.#isUsed(print)) used++;
    return used / Math.max(1, prompt.size);
  }

  #longAsked(): number {
    if (!this.#isLong) return 0;
    const asked = new Set(this.#memory.asked.flatMap(({ prints }) => [...prints]));
    return shared(this.#words, asked) / Math.max(1, this.#words.size);
  }

  #origins(best: BestAsked) {
    const { prompt, told, plain, ordered } = this.#memory;
    const singles = [...this.#call.values].map((print) => Uint32Array.of(print));
    const values = [...this.#shorts.map((short) => short.prints), ...singles];
    const inPrompt = values.filter((prints) => holds(prompt, prints));
    const others = values.filter((prints) => !holds(prompt, prints));
    const only = others.filter((prints) => holds(told, prints));
    const count = Math.max(1, values.length);
    const isOrdered = (print: number): boolean =>
      ordered.has(print) && !plain.has(print) && !prompt.has(print);
    const orderedValues = only.filter((prints) => prints.some(isOrdered));
    const kinds = new Map<number, number>();
    const prints = new Set([...orderedValues.flatMap((one) => [...one]), ...best.only]);
    for (const print of prints) {
      if (!isOrdered(print) && !best.only.includes(print)) continue;
      kinds.set(kindOfPrint(print), (kinds.get(kindOfPrint(print)) ?? 0) + 1);
    }
    const of = (kind: number): number => Math.min(2, kinds.get(kind) ?? 0);
    return {
      values: Math.min(10, values.length),
      onlyCount: Math.min(6, only.length),
      onlyShare: only.length / count,
      promptValues: inPrompt.length / count,
      madeUp: (others.length - only.length) / count,
      orderedCount: Math.min(4, orderedValues.length),
      orderedHere: orderedValues.length > 0 && best.only.length > 0 ? 1 : 0,
      orderedEmail: of(TERM_KINDS.email),
      orderedUrl: of(TERM_KINDS.url),
      orderedAccount: of(TERM_KINDS.account),
      orderedNumber: of(TERM_KINDS.number),
      orderedPath: of(TERM_KINDS.path),
      orderedWord: of(TERM_KINDS.word),
    };
  }

  #destinations(best: BestAsked) {
    const { prompt, plain, ordered } = this.#memory;
    const all = this.#shorts.filter(({ destination }) => destination);
    const count = Math.max(1, all.length);
    const isOrdered = (print: number): boolean =>
      best.only.includes(print) || (ordered.has(print) && !plain.has(print) && !prompt.has(print));
    return {
      destinations: all.length > 0 ? 1 : 0,
      destinationOrdered: all.filter(({ prints }) => prints.some(isOrdered)).length / count,
      destinationPrompt: all.filter(({ prints }) => holds(prompt, prints)).length / count,
    };
  }
}

/** Did the prompt name any of what the call is given, or what its tool works on? */
export const isNamed = (memory: SessionWording, call: Wording): boolean =>
  new Acting(memory, '', call).named;

function shared(some: ReadonlySet<number>, others: ReadonlySet<number>): number {
  const [small, large] = some.size < others.size ? [some, others] : [others, some];
  let count = 0;
  for (const print of small) if (large.has(print)) count++;
  return count;
}

/** Are there any, and are all of them there? */
const holds = (there: ReadonlySet<number>, prints: Uint32Array): boolean =>
  prints.length > 0 && prints.every((print) => there.has(print));
