import { LIMITS } from './limits.ts';
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './punctuation.ts';

/**
 * JSON read only where every reader would read it alike: valid UTF-8, no duplicate keys, bounded
 * depth. (`JSON.parse` takes the last of two equal keys; another parser takes the first: an
 * attacker's favourite.)
 */
export type StrictJson =
  | { readonly ok: true; readonly value: unknown; readonly text: string }
  | { readonly ok: false; readonly reason: UnreadableReason };

export type UnreadableReason =
  | 'invalid-utf8'
  | 'invalid-json'
  | 'duplicate-key'
  | 'too-deep'
  | 'too-large'
  | 'not-json-rpc';

// ignoreBOM keeps a byte order mark in the text, where JSON.parse refuses it as the grammar does.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function parseStrictJson(
  bytes: Uint8Array,
  depthMax: number = LIMITS.jsonDepthMax,
): StrictJson {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { ok: false, reason: 'invalid-utf8' };
  }
  return parseStrictText(text, depthMax);
}

export function parseStrictText(text: string, depthMax: number = LIMITS.jsonDepthMax): StrictJson {
  // Depth is checked before parsing, keys after it: only valid JSON has a shape that the scan can
  // trust.
  if (exceedsDepth(text, depthMax)) return { ok: false, reason: 'too-deep' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'invalid-json' };
  }
  if (hasDuplicateKeys(text)) return { ok: false, reason: 'duplicate-key' };
  return { ok: true, value, text };
}

function exceedsDepth(text: string, depthMax: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

/** Index of the closing quote; the end of the text where there is none. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; ; at += 1) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
}

/** Expects valid JSON. */
function hasDuplicateKeys(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let expectKey = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case OPEN_OBJECT:
        open.push(new Set());
        expectKey = true;
        break;
      case OPEN_ARRAY:
        open.push(undefined);
        expectKey = false;
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        expectKey = false;
        break;
      case COMMA:
        expectKey = open.at(-1) !== undefined;
        break;
      case COLON:
        expectKey = false;
        break;
      case QUOTE: {
        const end = endOfString(text, i);
        if (expectKey && isRepeated(open.at(-1), text, i, end)) return true;
        i = end;
        break;
      }
    }
  }
  return false;
}

function isRepeated(
  keys: Set<string> | undefined,
  text: string,
  open: number,
  end: number,
): boolean {
  const raw = text.slice(open + 1, end);
  const key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
  if (keys === undefined || keys.has(key)) return keys !== undefined;
  keys.add(key);
  return false;
}
