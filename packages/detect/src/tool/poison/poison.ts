import { isObject } from '@spoor/core';
import { RE2JS } from 're2js';
import type { ToolDefinition } from '../classify.ts';
import { POISON_SIGNS, POISONED_FROM, type PoisonSign } from './signs.ts';

/** What a definition gives away about what it is after. */
export interface Poison {
  /** Sum of the signs' weights; poisoned from 1. */
  readonly weight: number;
  readonly poisoned: boolean;
  /** Ids of the signs. */
  readonly signs: readonly string[];
}

const TEXT_CHARS_MAX = 16_384;
const SCHEMA_DEPTH_MAX = 6;

const compiled = new Map<string, RE2JS>();

/**
 * Signs in all that a definition says: linear in its length; the same definition, the same signs.
 */
export function poisonOf(definition: ToolDefinition): Poison {
  const text = unquoted(textOf(definition));
  const lower = text.toLowerCase();
  const found = POISON_SIGNS.filter(
    (sign) => sign.hints.some((hint) => lower.includes(hint)) && matches(sign, text),
  );
  const weight = Math.round(100 * found.reduce((sum, one) => sum + one.weight, 0)) / 100;
  return { weight, poisoned: weight >= POISONED_FROM, signs: found.map(({ id }) => id) };
}

/** Compiled when first needed: most definitions hold no hint of most signs. */
function matches(sign: PoisonSign, text: string): boolean {
  let known = compiled.get(sign.id);
  if (known === undefined) {
    const source = sign.patterns.map((one) => `(?:${one})`).join('|');
    known = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    compiled.set(sign.id, known);
  }
  return known.matcher(text).find();
}

/** Compatibility forms and invisible characters hide words from patterns, not from models. */
function textOf({ title, description, inputSchema }: ToolDefinition): string {
  const texts = [title ?? '', description ?? '', ...describedIn(inputSchema, 0)];
  return texts
    .join('\n')
    .slice(0, TEXT_CHARS_MAX)
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '');
}

/** Descriptions anywhere in a schema. */
function describedIn(schema: unknown, depth: number): readonly string[] {
  if (typeof schema !== 'object' || schema === null || depth > SCHEMA_DEPTH_MAX) return [];
  const own =
    isObject(schema) && typeof schema.description === 'string' ? [schema.description] : [];
  return [...own, ...Object.values(schema).flatMap((inside) => describedIn(inside, depth + 1))];
}

/** A phrase that is quoted as an example is spoken of, not spoken. */
const unquoted = (text: string): string =>
  text.replace(/(^|[\s(])(?:'[^'\n]{3,60}'|"[^"\n]{3,60}")(?=[\s.,;:)]|$)/g, '$1‹›');
