import { LIMITS } from '@spoor/core';
import { HIDDEN_KEY } from '../examine/places.ts';
import { isPlainKey } from '../examine/values.ts';

export interface PlacedText {
  readonly text: string;
  /** As atoms name it: with positions, like `rows[3].note`. */
  readonly at: string;
}

/** Strings of a JSON value, in order, with where they stand. */
export function textsOf(value: unknown): readonly PlacedText[] {
  const found: PlacedText[] = [];
  collect(found, value, '', 0);
  return found;
}

function collect(found: PlacedText[], value: unknown, at: string, depth: number): void {
  if (found.length >= LIMITS.passageTextsMax || depth > LIMITS.jsonDepthMax) return;
  if (typeof value === 'string') found.push({ text: value, at });
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value))
    collect(found, inner, Array.isArray(value) ? `${at}[${name}]` : memberOf(at, name), depth + 1);
}

function memberOf(at: string, name: string): string {
  const shown = isPlainKey(name) ? name : HIDDEN_KEY;
  return at === '' ? shown : `${at}.${shown}`;
}
