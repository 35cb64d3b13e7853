import { isObject } from '@spoor/core';
import { skeleton } from '../examine/skeleton.ts';
import type { ToolDefinition } from './classify.ts';

/**
 * What a name looks like to somebody who reads in haste: letters of other scripts as those that
 * they look like, digits likewise, without case and without marks between words.
 */
export const nameSkeleton = (name: string): string =>
  name
    // A word of one script alone pretends, too, where it is a name.
    .replace(/[\p{L}\p{M}]+/gu, (word) => (skeleton(`x${word}`) ?? `x${word}`).slice(1))
    .toLowerCase()
    .replaceAll('0', 'o')
    .replaceAll('1', 'l')
    .replace(/[^\p{L}\p{N}]+/gu, '');

const TEXT_CHARS_MAX = 16_384;
const MENTIONS_MAX = 32;
const DEPTH_MAX = 6;

/** Names as tools have them: of several words, which no ordinary word is. */
const NAMES =
  /[\p{L}\d]{1,32}(?:[_-][\p{L}\d]{1,32}){1,8}|\p{Ll}{1,32}(?:\p{Lu}[\p{Ll}\d]{1,32}){1,8}/gu;

/** Could a mention of this name be nothing else? */
export const isTelling = (name: string): boolean => /[_-]|\p{Ll}\p{Lu}/u.test(name);

/** Skeletons of names that a definition's texts mention and that are not its own. */
export function mentionsIn(definition: ToolDefinition): readonly string[] {
  const texts = [definition.description ?? '', ...describedIn(definition.inputSchema, 0)];
  const found = texts.join('\n').slice(0, TEXT_CHARS_MAX).match(NAMES) ?? [];
  const mentions = new Set(found.map(nameSkeleton));
  mentions.delete(nameSkeleton(definition.name));
  mentions.delete('');
  return [...mentions].slice(0, MENTIONS_MAX);
}

/** Descriptions anywhere in a schema. */
export function describedIn(schema: unknown, depth: number): readonly string[] {
  if (typeof schema !== 'object' || schema === null || depth > DEPTH_MAX) return [];
  const own =
    isObject(schema) && typeof schema.description === 'string' ? [schema.description] : [];
  return [...own, ...Object.values(schema).flatMap((inside) => describedIn(inside, depth + 1))];
}
