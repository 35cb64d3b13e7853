import { fromBase64, LIMITS, toBase64 } from '@spoor/core';

/**
 * Words of one content as keyed prints of 32 bits, so that what a text asks for can be compared
 * with what is done later, by whoever holds neither. Treated as content, like atoms.
 */
export interface Wording {
  /**
   * Of a prompt: {@link PROMPT_FLAGS}. Of a result: how many sentences it has. Of a call: what its
   * tool says it does, as acts.
   */
  readonly head: number;
  /**
   * Of a prompt: its sentences. Of a result: the sentences that ask for something. Of a call: words
   * of the tool's name, of what it works on, and its verb; then its short values.
   */
  readonly groups: readonly WordGroup[];
  /** Of a result: values outside those sentences. Of a call: values inside its long texts. */
  readonly values: Uint32Array;
  /** All distinct words. */
  readonly words: Uint32Array;
}

export interface WordGroup {
  /** Of a sentence: acts that it asks for. Of a short value: {@link DESTINATION} or 0. */
  readonly tag: number;
  /** Line of a sentence; 0 where there is none. */
  readonly line: number;
  readonly prints: Uint32Array;
}

/** Tag of a value that says where something goes. */
export const DESTINATION = 1;
/** Tag of a tool's name in a call that passes a long text. */
export const LONG_TEXT = 2;

/** What a prompt leaves to what is read: it delegates, refers to a text, or is open-ended. */
export const PROMPT_FLAGS = { delegates: 1, refers: 2, open: 4 } as const;

/** As text for facts: little endian, base64. */
export function packWording({ head, groups, values, words }: Wording): string {
  const size = groups.reduce((sum, { prints }) => sum + 3 + prints.length, 4);
  const packed = new Uint32Array(size + values.length + words.length);
  packed.set([head, groups.length, values.length, words.length]);
  let at = 4;
  for (const { tag, line, prints } of groups) {
    packed.set([tag, line, prints.length], at);
    packed.set(prints, at + 3);
    at += 3 + prints.length;
  }
  packed.set(values, at);
  packed.set(words, at + values.length);
  return toBase64(new Uint8Array(packed.buffer));
}

/** Undefined where the text is not what {@link packWording} writes. */
export function unpackWording(text: string): Wording | undefined {
  const packed = numbersIn(text);
  if (packed === undefined || packed.length < 4) return undefined;
  const [head = 0, groupCount = 0, valueCount = 0, wordCount = 0] = packed;
  const groups: WordGroup[] = [];
  let at = 4;
  for (let n = 0; n < groupCount; n++) {
    const [tag, line, length] = packed.subarray(at, at + 3);
    if (tag === undefined || line === undefined || length === undefined) return undefined;
    if (at + 3 + length > packed.length) return undefined;
    groups.push({ tag, line, prints: packed.subarray(at + 3, at + 3 + length) });
    at += 3 + length;
  }
  if (at + valueCount + wordCount !== packed.length) return undefined;
  const values = packed.subarray(at, at + valueCount);
  return { head, groups, values, words: packed.subarray(at + valueCount) };
}

function numbersIn(text: string): Uint32Array | undefined {
  const bytes = text.length > LIMITS.wordingCharsMax ? undefined : fromBase64(text);
  if (bytes === undefined || bytes.length % 4 !== 0) return undefined;
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
