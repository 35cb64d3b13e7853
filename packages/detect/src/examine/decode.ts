import { LIMITS } from '@spoor/core';
import { unzip } from './inflate.ts';

/** Text that stood in another form of itself. */
export type Decoded = string | undefined;

const DIGITS = new Int8Array(128).fill(-1);
for (const [at, character] of Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
).entries())
  DIGITS[character.charCodeAt(0)] = at;
DIGITS[45] = 62;
DIGITS[95] = 63;

/** May the character stand in base64, in either alphabet? */
export const isBase64 = (code: number): boolean => code < 128 && (DIGITS[code] ?? -1) >= 0;

/** Fewer characters are too often text by chance. */
export const ENCODED_CHARS_MIN = 16;
/** Bytes that a look ahead decodes: random ones are hardly ever all text. */
const PROBE_CHARS = 16;

/** Base64 in either alphabet, of text or of text that is zipped. */
export function base64(text: string): Decoded {
  const probe = bytesOf(text, Math.min(text.length, PROBE_CHARS));
  const isZip = (probe[0] === 0x1f && probe[1] === 0x8b) || probe[0] === 0x78;
  if (!isZip && !isTextLike(probe)) return undefined;
  const bytes = bytesOf(text, Math.min(text.length, LIMITS.decodedCharsMax));
  return textOf(isZip ? (unzip(bytes, LIMITS.decodedCharsMax) ?? bytes) : bytes);
}

function bytesOf(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    held = ((held << 6) | (DIGITS[text.charCodeAt(i)] ?? 0)) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 255;
  }
  return bytes;
}

/** Pairs of hexadecimal digits, with or without a mark between them. */
export function hex(text: string): Decoded {
  const marked = /^[0-9a-fA-F]{2}([-:_])/.exec(text)?.[1];
  const plain = marked === undefined ? text : text.replaceAll(marked, '');
  if (plain.length < ENCODED_CHARS_MIN || !/^[0-9a-fA-F]+$/.test(plain)) return undefined;
  if (marked !== undefined && text.length !== plain.length * 1.5 - 1) return undefined;
  const length = Math.min(plain.length, LIMITS.decodedCharsMax) >> 1;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = Number.parseInt(plain.slice(2 * i, 2 * i + 2), 16);
  return isTextLike(bytes.subarray(0, PROBE_CHARS)) ? textOf(bytes) : undefined;
}

/** Percent-encoding of percent-encoding counts as one. */
const PERCENT_TIMES_MAX = 4;

export function percent(text: string): Decoded {
  let found = text;
  for (let times = 0; times < PERCENT_TIMES_MAX && /%[0-9a-fA-F]{2}/.test(found); times++) {
    found = found.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
      const bytes = Uint8Array.from(run.slice(1).split('%'), (pair) => Number.parseInt(pair, 16));
      return lenient.decode(bytes);
    });
  }
  return found === text ? undefined : found;
}

/** `\x41`, `\u0041`, `\101` and `&#65;`, several in a row. */
const ESCAPES =
  /(?:\\x[0-9a-fA-F]{2}){2,}|(?:\\u[0-9a-fA-F]{4}){2,}|(?:\\[0-3]?[0-7]{2}){2,}|(?:&#(?:x[0-9a-fA-F]{1,5}|\d{1,6});){2,}/g;
const ESCAPE = /\\x(..)|\\u(....)|\\([0-7]{2,3})|&#x([0-9a-fA-F]+);|&#(\d+);/g;

export function escapes(text: string): Decoded {
  if (!text.includes('\\') && !text.includes('&#')) return undefined;
  const found = text.replace(ESCAPES, (run) =>
    run.replace(ESCAPE, (_, x, u, octal, wide, decimal) => {
      const code = octal ? Number.parseInt(octal, 8) : decimal;
      const value = code === undefined ? Number.parseInt(x ?? u ?? wide, 16) : Number(code);
      return value <= 0x10ffff ? String.fromCodePoint(value) : '';
    }),
  );
  return found === text ? undefined : found;
}

export const rot13 = (text: string): string =>
  text.replace(/[a-zA-Z]/g, (letter) => {
    const code = letter.charCodeAt(0);
    return String.fromCharCode((code & 31) > 13 ? code - 13 : code + 13);
  });

const strict = new TextDecoder('utf-8', { fatal: true });
const lenient = new TextDecoder();

function textOf(bytes: Uint8Array): Decoded {
  try {
    const text = strict.decode(bytes);
    return hasControl(text) ? undefined : text;
  } catch {
    return cutText(bytes);
  }
}

/** A limit may have cut the last character. */
function cutText(bytes: Uint8Array): Decoded {
  const text = lenient.decode(bytes.subarray(0, -4), { stream: true });
  lenient.decode();
  return text.includes('\ufffd') || text === '' || hasControl(text) ? undefined : text;
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 32 && !(code >= 9 && code <= 13)) || code === 127) return true;
  }
  return false;
}

/** Could these bytes be the beginning of a text in UTF-8? */
function isTextLike(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte < 32 ? byte < 9 || byte > 13 : byte === 127 || byte === 0xc0 || byte > 0xf4)
      return false;
  }
  return bytes.length > 0;
}
