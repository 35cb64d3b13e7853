import { type ContentMatches, isObject, LIMITS } from '@spoor/core';
import type { ContentPart } from '../schema.ts';
import type { ContentTest, ContentTests } from './content.ts';

/** Answers the content tests of rules, where the content is. */
export type ContentMatcher = (part: ContentPart, content: unknown) => ContentMatches | undefined;

/**
 * Undefined for what cannot be asked: where no rule has such a test, and for content that is longer
 * than what is looked through. Then rules say “not covered” and not that nothing was found.
 */
export function contentMatcher({ set, tests }: ContentTests): ContentMatcher {
  const byPart = Map.groupBy(tests, ({ field }) => field.part);
  return (part, content) => {
    if (set === '') return undefined;
    const texts = textsOf(content);
    if (texts === undefined) return undefined;
    const asked = byPart.get(part) ?? [];
    const holds = ({ matches }: ContentTest): boolean => texts.some(matches);
    return { set, ids: asked.filter(holds).map(({ id }) => id) };
  };
}

/** Every text in a JSON value, and the names of its members. */
function textsOf(content: unknown): readonly string[] | undefined {
  const texts: string[] = [];
  let left = LIMITS.contentTestCharsMax;
  const waiting: unknown[] = [content];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (Array.isArray(value)) for (const item of value) waiting.push(item);
    else if (isObject(value)) waiting.push(...Object.keys(value), ...Object.values(value));
    else if (value !== null && value !== undefined) {
      const text = String(value);
      left -= text.length;
      if (left < 0) return undefined;
      texts.push(text);
    }
  }
  return texts;
}
