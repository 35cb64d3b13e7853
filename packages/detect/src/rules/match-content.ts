import {
  type ContentAsk,
  type ContentAsked,
  type ContentMatches,
  type ContentPart,
  isObject,
  LIMITS,
} from '@spoor/core';
import { OwnSecrets } from '../examine/own-secrets.ts';
import { Candidates } from './candidates.ts';

/** Answers what is asked of content, where the content is. */
export interface ContentMatcher {
  /**
   * Answers the content tests of rules. Undefined for what cannot be asked: where no rule has such
   * a test, and for content that is longer than what is looked through, or that too many
   * expressions would have to run over. Then rules say “not covered” and not that there was
   * nothing.
   *
   * @param inner texts that were found in it in another form of themselves
   */
  match(part: ContentPart, content: unknown, inner?: readonly string[]): ContentMatches | undefined;
  /** Rules for secrets from the owner's file, where there is one. */
  readonly own: OwnSecrets | undefined;
}

/** What an expression costs before its first character. */
const RUN_CHARS = 64;

export function contentMatcher(asked: ContentAsked | undefined): ContentMatcher {
  const { set, asks, secrets = [] } = asked ?? { set: '', asks: [] };
  let candidates: Candidates | undefined;
  let own: OwnSecrets | undefined;
  return {
    match(part, content, inner = []) {
      if (set === '') return undefined;
      const texts = textsOf([content, ...inner]);
      if (texts === undefined) return undefined;
      candidates ??= new Candidates(asks);
      const held = matching(candidates, part, texts);
      return held && { set, ids: [...held].map((ask) => ask.ids[part]).filter(isPresent) };
    },
    get own() {
      if (secrets.length > 0) own ??= new OwnSecrets(secrets);
      return own;
    },
  };
}

const isPresent = (id: string | undefined): id is string => id !== undefined;

function matching(
  candidates: Candidates,
  part: ContentPart,
  texts: readonly string[],
): ReadonlySet<ContentAsk> | undefined {
  const held = new Set<ContentAsk>();
  let left: number = LIMITS.contentTestWorkMax;
  for (const text of texts) {
    for (const { ask, check } of candidates.of(text)) {
      if (ask.ids[part] === undefined || held.has(ask)) continue;
      left -= text.length + RUN_CHARS;
      if (left < 0) return undefined;
      if (check(text)) held.add(ask);
    }
  }
  return held;
}

/** Every text in a JSON value, and the names of its members. */
function textsOf(content: unknown): readonly string[] | undefined {
  const texts: string[] = [];
  let left = LIMITS.contentTestCharsMax;
  const waiting: unknown[] = [content];
  while (waiting.length > 0) {
    const value = waiting.pop();
    const inside = insideOf(value);
    if (inside !== undefined) for (const one of inside) waiting.push(one);
    else if (value !== null && value !== undefined) {
      const text = String(value);
      left -= text.length + 1;
      if (left < 0) return undefined;
      texts.push(text);
    }
  }
  return texts;
}

function insideOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.entries(value).flat() : undefined;
}
