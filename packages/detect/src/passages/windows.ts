import { isDigit } from './squeeze.ts';

/** Letters and digits of one window: some four words. Shorter runs are shared by chance. */
export const WINDOW_CHARS = 20;
/** Of so many windows in a row one is kept: what both texts have is found from 35 characters on. */
const EVERY = 16;
/** Letters and digits of one piece of a value: half of a short credential has three. */
export const PIECE_CHARS = 8;

const BASE = 0x01000193;
/** The factor of what leaves the window. */
const LEAVING = Array.from({ length: WINDOW_CHARS }).reduce<number>((n) => Math.imul(n, BASE), 1);
const order = new Uint32Array(EVERY);

/** Spreads the rolling hash, whose order would follow the text. */
const spread = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;

/**
 * Tells windows that are chosen by what stands in them, wherever that stands (Schleimer, Wilkerson
 * and Aiken: Winnowing, 2003): of each {@link EVERY} in a row the last of the smallest.
 */
export function windowsIn(bytes: Uint8Array, length: number, tell: (at: number) => void): void {
  let hash = 0;
  for (let i = 0; i < WINDOW_CHARS; i++) hash = Math.imul(hash, BASE) + (bytes[i] ?? 0);
  let least = 0;
  let told = -1;
  const last = length - WINDOW_CHARS;
  for (let at = 0; at <= last; at++) {
    const value = spread(hash);
    order[at % EVERY] = value;
    if (least <= at - EVERY) least = smallest(at);
    else if (value <= (order[least % EVERY] ?? 0)) least = at;
    if (least !== told && (at >= EVERY - 1 || at === last)) {
      told = least;
      tell(least);
    }
    const leaves = Math.imul(bytes[at] ?? 0, LEAVING);
    hash = Math.imul(hash, BASE) + (bytes[at + WINDOW_CHARS] ?? 0) - leaves;
  }
}

function smallest(at: number): number {
  let least = at;
  for (let other = at - 1; other > at - EVERY; other--) {
    if ((order[other % EVERY] ?? 0) < (order[least % EVERY] ?? 0)) least = other;
  }
  return least;
}

/**
 * Tells what may be pieces of a value: about `max` of them at most, chosen by what stands in them.
 */
export function piecesIn(
  bytes: Uint8Array,
  length: number,
  max: number,
  tell: (at: number) => void,
): void {
  let count = 0;
  eachPiece(bytes, length, () => count++);
  let mask = 0;
  for (let left = count; left > max; left /= 2) mask = 2 * mask + 1;
  eachPiece(bytes, length, (at) => {
    if (mask === 0 || (choiceOf(bytes, at) & mask) === 0) tell(at);
  });
}

/** Words alone are no piece of a value: names stand in passwords, and everywhere else. */
function eachPiece(bytes: Uint8Array, length: number, tell: (at: number) => void): void {
  let digitAt = -1;
  for (let i = 0; i < length; i++) {
    if (isDigit(bytes[i] ?? 0)) digitAt = i;
    const at = i - PIECE_CHARS + 1;
    if (at >= 0 && digitAt >= at) tell(at);
  }
}

export function isPiece(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + PIECE_CHARS; i++) if (isDigit(bytes[i] ?? 0)) return true;
  return false;
}

function choiceOf(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let i = at; i < at + PIECE_CHARS; i++) hash = Math.imul(hash, BASE) + (bytes[i] ?? 0);
  return spread(hash) >>> 8;
}
