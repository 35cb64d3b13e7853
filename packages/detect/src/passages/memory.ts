import { type ContentClass, LIMITS, type Observation } from '@spoor/core';
import type { FlowSource } from '../engine/flow.ts';
import { type PrintGroup, unpackPrints } from './packed.ts';
import { Prints } from './prints.ts';

/** A text of a result. */
export interface TextPlace {
  readonly source: FlowSource;
  readonly at: string;
}

/** A value of a result, by its pieces. */
export interface ValuePlace extends TextPlace {
  readonly class: ContentClass | undefined;
  /** How many pieces it has: at most 32. */
  readonly pieces: number;
  /** How many characters they are apart. */
  readonly step: number;
  /** Those that calls have been given, as bits. */
  given: number;
}

/** Passages and values of one session that may come back. */
export interface SessionPassages {
  readonly texts: TextPlace[];
  readonly values: ValuePlace[];
  /** Of texts: their place in {@link texts}, the line, and whether it is like an instruction. */
  readonly windows: Prints;
  /** Of values: their place in {@link values}, and which of its pieces it is. */
  readonly pieces: Prints;
  /** Of prompts. */
  readonly asked: Prints;
  dropped: number;
}

const TEXT_PLACES_MAX = 0xffff;
const PIECE_BITS = 5;
const LINE_BITS = 15;
const LINE_MASK = (1 << LINE_BITS) - 1;

export const newSessionPassages = (): SessionPassages => ({
  texts: [],
  values: [],
  windows: new Prints(LIMITS.passagePrintsPerSessionMax),
  pieces: new Prints(LIMITS.passagePrintsPerSessionMax / 2),
  asked: new Prints(LIMITS.passagePrintsPerSessionMax / 2),
  dropped: 0,
});

/** A print here takes a tenth of what one of a value does elsewhere. */
const PRINTS_PER_ATOM = 8;

/** In fingerprints of values, as which memory is counted. */
export const passagesSize = ({ windows, pieces, asked }: SessionPassages): number =>
  Math.ceil((windows.size + pieces.size + asked.size) / PRINTS_PER_ATOM);

/** Of all its tables. */
export const passagesDropped = ({ windows, pieces, asked, dropped }: SessionPassages): number =>
  dropped + windows.dropped + pieces.dropped + asked.dropped;

export const groupsOf = (facts: Observation['facts']['request']): readonly PrintGroup[] =>
  (facts?.passages && unpackPrints(facts.passages.prints)) ?? [];

export function addPromptPassages(memory: SessionPassages, prompt: Observation): void {
  for (const { prints } of groupsOf(prompt.facts.request)) {
    for (const print of prints) memory.asked.add(print, 1);
  }
}

/** What the caller brought along and nobody returned before did not come from this call. */
export function addResultPassages(
  memory: SessionPassages,
  source: FlowSource,
  { facts }: Observation,
): void {
  const groups = groupsOf(facts.result);
  const paths = facts.result?.passages?.at ?? [];
  const own = new Set(groupsOf(facts.request).flatMap(({ prints }) => [...prints]));
  if (memory.texts.length + paths.length > TEXT_PLACES_MAX) forgetTexts(memory);
  const first = memory.texts.length;
  for (const at of paths) memory.texts.push({ source, at });
  for (const group of groups) {
    if (group.of === 'piece') addValue(memory, source, paths[group.text] ?? '', group, own);
    else addWindows(memory, first, group, own);
  }
}

function addWindows(
  memory: SessionPassages,
  first: number,
  { prints, text, line, instructionLike }: PrintGroup,
  own: ReadonlySet<number>,
): void {
  const marks = Math.min(line, LINE_MASK) | (instructionLike ? 1 << LINE_BITS : 0);
  const place = (((first + text) << 16) | marks) >>> 0;
  for (const print of prints) if (!own.has(print)) memory.windows.add(print, place);
}

/** Their prints name them by place. */
function forgetTexts(memory: SessionPassages): void {
  memory.windows.clear();
  memory.texts.length = 0;
}

function addValue(
  memory: SessionPassages,
  source: FlowSource,
  path: string,
  { prints, class: found, line, step }: PrintGroup,
  own: ReadonlySet<number>,
): void {
  const all = [...prints];
  const isKnown = (print: number): boolean =>
    print === 0 || own.has(print) || memory.pieces.get(print) !== undefined;
  if (all.every(isKnown)) return;
  if (memory.values.length >= LIMITS.passageValuesPerSessionMax) {
    memory.dropped++;
    return;
  }
  const at = line > 0 ? `${path}:${line}` : path;
  const value = { source, at, class: found, pieces: all.length, step, given: 0 };
  const place = memory.values.push(value) - 1;
  for (const [piece, print] of all.entries())
    if (print !== 0) memory.pieces.add(print, (place << PIECE_BITS) | piece);
}

export interface WindowPlace extends TextPlace {
  readonly line: number;
  readonly instructionLike: boolean;
}

export function windowAt(memory: SessionPassages, print: number): WindowPlace | undefined {
  const found = memory.windows.get(print);
  const text = found === undefined ? undefined : memory.texts[found >>> 16];
  if (text === undefined || found === undefined) return undefined;
  const instructionLike = (found & (1 << LINE_BITS)) !== 0;
  return { ...text, line: found & LINE_MASK, instructionLike };
}

/** The value, and the piece of it as a bit. */
export function pieceAt(
  memory: SessionPassages,
  print: number,
): { readonly value: ValuePlace; readonly bit: number } | undefined {
  const found = memory.pieces.get(print);
  const value = found === undefined ? undefined : memory.values[found >>> PIECE_BITS];
  if (value === undefined || found === undefined) return undefined;
  return { value, bit: 1 << (found & ((1 << PIECE_BITS) - 1)) };
}
