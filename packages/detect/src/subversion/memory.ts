import { type CallId, LIMITS } from '@spoor/core';
import { actsOfTag, valuesOfTag } from '../wording/read.ts';
import type { Wording } from '../wording/wording.ts';

/** A sentence that asks for something, as it came in a result. */
export interface Asked {
  /** Place of the call in its session, from 0. */
  readonly turn: number;
  readonly call: CallId;
  readonly tool: string;
  readonly line: number;
  readonly acts: number;
  readonly prints: Uint32Array;
  /** How many of the prints, the first ones, are values. */
  readonly values: number;
  /** Does the passage read like an order to an assistant? */
  readonly instructionLike: boolean;
  /** Did the call that brought it do something, rather than read? */
  readonly acted: boolean;
  /** Sentences in that result. */
  readonly among: number;
}

export interface PromptSentence {
  readonly acts: number;
  readonly prints: Uint32Array;
}

/** What one session was asked for, and what it was told since. */
export interface SessionWording {
  flags: number;
  readonly prompt: Set<number>;
  promptSentences: PromptSentence[];
  asked: Asked[];
  /** Words of all results. */
  readonly told: Set<number>;
  /** Values that stand in results outside of sentences that ask for something. */
  readonly plain: Set<number>;
  /** Values that stand in such sentences. */
  readonly ordered: Set<number>;
  /** Tools that were used, and the turns of calls that the prompt named something of. */
  readonly used: Set<string>;
  readonly named: Set<number>;
  turns: number;
  dropped: number;
}

export const newSessionWording = (): SessionWording => ({
  flags: 0,
  prompt: new Set(),
  promptSentences: [],
  asked: [],
  told: new Set(),
  plain: new Set(),
  ordered: new Set(),
  used: new Set(),
  named: new Set(),
  turns: 0,
  dropped: 0,
});

const { wordingPrintsPerSessionMax, wordingAskedPerSessionMax, intentWordsMax } = LIMITS;

/** Prints that a session's memory holds. */
export const sizeOf = ({ prompt, told, plain, ordered, asked }: SessionWording): number =>
  prompt.size + told.size + plain.size + ordered.size + 16 * asked.length;

/** Takes in one prompt: what the user named once stays named. */
export function addPrompt(memory: SessionWording, { head, groups, words }: Wording): void {
  memory.flags |= head;
  addAll(memory, memory.prompt, words, intentWordsMax);
  const sentences = groups.map(({ tag, prints }) => ({ acts: tag, prints }));
  memory.promptSentences = [...memory.promptSentences, ...sentences].slice(-128);
}

export interface Told {
  readonly call: CallId;
  readonly tool: string;
  readonly acted: boolean;
  readonly instructionLike: boolean;
  readonly wording: Wording | undefined;
  /** Did the prompt name any of what the call was given? */
  readonly named: boolean;
}

/** Takes in the end of a call, with what its result said. */
export function addTold(memory: SessionWording, told: Told): void {
  const turn = memory.turns++;
  const { call, tool, acted, instructionLike, wording } = told;
  if (told.named) addOne(memory, memory.named, turn);
  addOne(memory, memory.used, tool);
  if (wording === undefined) return;
  for (const { tag, line, prints } of wording.groups) {
    const values = Math.min(valuesOfTag(tag), prints.length);
    const among = wording.head;
    memory.asked.push({
      ...{ turn, call, tool, line, prints, values, instructionLike, acted, among },
      acts: actsOfTag(tag),
    });
    addAll(memory, memory.ordered, prints.subarray(0, values), wordingPrintsPerSessionMax);
  }
  const over = memory.asked.length - wordingAskedPerSessionMax;
  if (over > 0) {
    memory.asked = memory.asked.slice(over);
    memory.dropped += over;
  }
  addAll(memory, memory.plain, wording.values, wordingPrintsPerSessionMax);
  addAll(memory, memory.told, wording.words, wordingPrintsPerSessionMax);
}

function addOne<T>(memory: SessionWording, set: Set<T>, item: T): void {
  if (set.size < wordingAskedPerSessionMax) set.add(item);
  else memory.dropped++;
}

/** Oldest first out: a set keeps the order in which its items came. */
function addAll(memory: SessionWording, set: Set<number>, prints: Uint32Array, max: number): void {
  for (const print of prints) set.add(print);
  for (const print of set) {
    if (set.size <= max) break;
    set.delete(print);
    memory.dropped++;
  }
}
