import { isEdge, normalise } from '@spoor/core';
import { isSpace } from './characters.ts';

export { normalise };

const EDGES = new Uint8Array(128);
const LOWERED = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  EDGES[code] = isEdge(code) ? 1 : 0;
  LOWERED[code] = isSpace(code) ? 32 : code >= 65 && code <= 90 ? code + 32 : code;
}

/**
 * What `normalise` does, for ASCII bytes between `from` and `to`, written to `into`. Returns the
 * length; the two agree on every text.
 */
export function normaliseBytes(
  bytes: Uint8Array,
  from: number,
  to: number,
  into: Uint8Array,
): number {
  let start = from;
  let end = to;
  while (start < end && EDGES[bytes[start] ?? 0] === 1) start++;
  while (end > start && EDGES[bytes[end - 1] ?? 0] === 1) end--;
  let length = 0;
  let previous = 0;
  for (let i = start; i < end; i++) {
    const code = LOWERED[bytes[i] ?? 0] ?? 0;
    if (code !== 32 || previous !== 32) into[length++] = code;
    previous = code;
  }
  return length;
}
