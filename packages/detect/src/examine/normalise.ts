import { isSpace } from './characters.ts';

/** Case, spacing and the punctuation around a value do not make it another value. */
export function normalise(text: string): string {
  const lower = trimPunctuation(text).toLowerCase();
  return SPACING.test(lower) ? lower.replace(/\s+/g, ' ') : lower;
}

/** White space other than single plain spaces. */
const SPACING = / {2}|[^\S ]/;

function trimPunctuation(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isEdge(text.charCodeAt(start))) start++;
  while (end > start && isEdge(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Quotes, brackets, separators and list marks, which change when a value is pasted elsewhere. */
function isEdge(code: number): boolean {
  if (code <= 47) return code !== 36 && code !== 37 && code !== 38 && code !== 43 && code !== 47;
  if (code >= 58 && code <= 64) return true;
  return (code >= 91 && code <= 96) || (code >= 123 && code <= 125) || code === 0xa0;
}

const EDGES = new Uint8Array(128);
const LOWERED = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  EDGES[code] = isEdge(code) ? 1 : 0;
  LOWERED[code] = isSpace(code) ? 32 : code >= 65 && code <= 90 ? code + 32 : code;
}

/**
 * The same for ASCII bytes between `from` and `to`, written to `into`. Returns the length; the two
 * agree on every text.
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
