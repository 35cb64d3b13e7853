import { LIMITS } from '@spoor/core';
import type { Reading } from './reading.ts';
import type { Trail } from './trail.ts';
import { readValue, VALUE_CHARS_MAX } from './values.ts';

/** Text that is JSON itself is read as values too, up to this size. */
const EMBEDDED_CHARS_MAX = 262_144;

/**
 * A result's text is often JSON: its strings are values as well. Returns false where the open text
 * is not.
 */
export function readEmbedded(reading: Reading, trail: Trail): boolean {
  const { text } = reading;
  const first = text.charCodeAt(0);
  if ((first !== 91 && first !== 123) || text.length > EMBEDDED_CHARS_MAX) return false;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return false;
  }
  reading.line = 0;
  trail.embed(() => values(reading, trail, parsed, 0));
  reading.moved();
  return true;
}

function values(reading: Reading, trail: Trail, value: unknown, depth: number): void {
  if (depth > LIMITS.jsonDepthMax) reading.truncated = true;
  else if (typeof value === 'string') {
    reading.moved();
    if (value.length <= VALUE_CHARS_MAX) readValue(reading, value);
  } else if (typeof value === 'object' && value !== null) {
    trail.push('');
    if (Array.isArray(value)) items(reading, trail, value, depth + 1);
    else members(reading, trail, value, depth + 1);
    trail.pop();
  }
}

function items(reading: Reading, trail: Trail, list: readonly unknown[], depth: number): void {
  for (let i = 0; i < list.length; i++) {
    trail.turn(i);
    values(reading, trail, list[i], depth);
  }
}

function members(reading: Reading, trail: Trail, object: object, depth: number): void {
  const record = object as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(record)) {
    const value = record[key];
    // Numbers and the like say nothing here: they were read with the text.
    if (typeof value !== 'string' && typeof value !== 'object') continue;
    trail.turn(key);
    values(reading, trail, value, depth);
  }
}
