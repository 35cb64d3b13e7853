import { isSpace } from './characters.ts';
import {
  base64,
  type Decoded,
  ENCODED_CHARS_MIN,
  escapes,
  hex,
  isBase64,
  percent,
  rot13,
} from './decode.ts';
import { readLines } from './lines.ts';
import type { Reading, Span } from './reading.ts';
import { skeleton } from './skeleton.ts';
import { readText } from './text.ts';
import { readValue, VALUE_CHARS_MAX } from './values.ts';

/** What stands in other text, in another form of itself. */
export interface Layer {
  readonly text: string;
  /** Where it stands there. */
  readonly start: number;
  readonly end: number;
  /** Was it encoded, or only written so that it looks otherwise? */
  readonly encoded: boolean;
}

/** As deep as people wrap what they hide; deeper, it is noise. */
const DEPTH_MAX = 2;
/** Longer texts are not looked at as a whole. */
const WHOLE_CHARS_MAX = 16_384;
const PERCENT = 37;
const isMark = (code: number): boolean => code === 43 || code === 45 || code === 47 || code === 95;

/** Encodings in a run of characters without a break. */
export function noteEncoded(reading: Reading, start: number, end: number): void {
  if (reading.layerDepth >= DEPTH_MAX) return;
  const { bytes } = reading.codes;
  let from = start;
  let percents = 0;
  for (let i = start; i <= end; i++) {
    const code = i < end ? (bytes[i] ?? 0) : 0;
    if (code === PERCENT) percents++;
    if (isBase64(code) || (code === 58 && i - from < 3)) continue;
    if (i - from >= ENCODED_CHARS_MIN) segment(reading, from, i);
    from = i + 1;
  }
  if (percents > 1) note(reading, percent(reading.text.slice(start, end)), start, end);
}

/** As a whole, or in the parts that marks of base64 divide it into. */
function segment(reading: Reading, start: number, end: number): void {
  const text = reading.text.slice(start, end);
  if (note(reading, decoded(text), start, end)) return;
  const { bytes } = reading.codes;
  let from = start;
  for (let i = start; i <= end; i++) {
    if (i < end && !isMark(bytes[i] ?? 0)) continue;
    if (i - from >= ENCODED_CHARS_MIN && i - from < end - start)
      note(reading, decoded(reading.text.slice(from, i)), from, i);
    from = i + 1;
  }
}

const HEX = /^[0-9a-fA-F]{2}(?:[-:_]?[0-9a-fA-F]{2})+$/;

const decoded = (text: string): Decoded => (HEX.test(text) ? hex(text) : base64(text));

/** Writings of the whole text that hide what it says. */
export function noteDisguised(reading: Reading, length: number, rotated: boolean): void {
  const mayEscape = reading.text.includes('\\') || reading.text.includes('&#');
  if (!rotated && !mayEscape && reading.codes.isAscii) return;
  if (reading.layerDepth >= DEPTH_MAX) return;
  const text = length > WHOLE_CHARS_MAX ? reading.text.slice(0, WHOLE_CHARS_MAX) : reading.text;
  if (rotated) note(reading, rot13(text), 0, text.length);
  const end = text.length;
  if (!reading.codes.isAscii) note(reading, skeleton(text), 0, end, false);
  if (mayEscape) note(reading, escapes(text), 0, end, false);
}

function note(
  reading: Reading,
  text: Decoded,
  start: number,
  end: number,
  encoded = true,
): boolean {
  if (text === undefined || isBlank(text)) return false;
  if (reading.layersLeft === 0 || reading.decodeLeft < text.length) {
    reading.truncated = true;
    return true;
  }
  reading.layersLeft--;
  reading.decodeLeft -= text.length;
  reading.layers.push({ text, start, end, encoded });
  return true;
}

function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isSpace(text.charCodeAt(i))) return false;
  return true;
}

/**
 * Reads what was found inside the open text: its classes count for the text, and what is sensitive
 * in it is hidden where it stands.
 */
export function readLayers(reading: Reading, length: number): void {
  if (reading.layers.length === 0) return;
  const found = reading.layers.splice(0);
  const outer = reading.leave(length);
  reading.layerDepth++;
  const spans = found.flatMap((layer) => readLayer(reading, layer));
  reading.layerDepth--;
  reading.back(outer);
  for (const { start, end, label } of spans) reading.hide(start, end, label);
}

function readLayer(reading: Reading, { text, start, end, encoded }: Layer): Span[] {
  const long = text.length > VALUE_CHARS_MAX || text.includes('\n');
  reading.tellInner(text);
  reading.openInner(text);
  const before = reading.found;
  const read = readText(reading);
  readLayers(reading, read);
  const { spans } = reading;
  if (long) readLines(reading, read);
  else readValue(reading, text);
  if (reading.found === before) return [];
  if (encoded) reading.count('encoded');
  return spans === undefined ? [] : [{ start, end, label: spans[0]?.label ?? 'encoded' }];
}
