import type { FlowEdge, FlowKind, Observation } from '@spoor/core';
import {
  groupsOf,
  pieceAt,
  type SessionPassages,
  type ValuePlace,
  type WindowPlace,
  windowAt,
} from './memory.ts';
import type { Form, PrintGroup } from './packed.ts';
import { TOGETHER } from './read.ts';
import { PIECE_CHARS } from './windows.ts';

/** One window alone may be a common phrase. */
const WINDOWS_MIN = 2;
/** Ten letters and digits in a row: fewer are the end of a card number that may be shown. */
const PIECES_MIN = 3;
/** From this share of its characters on, a value is there. */
const WHOLE = 0.8;

/** Passages and parts of values in the arguments, beside the values that `exact` tells of. */
export function findPassages(
  memory: SessionPassages,
  observation: Observation,
  exact: readonly FlowEdge[],
): readonly FlowEdge[] {
  const paths = observation.facts.request?.passages?.at ?? [];
  const groups = groupsOf(observation.facts.request);
  const windows = windowEdges(memory, groups, paths, observation);
  const values = valueEdges(memory, groups, paths, observation);
  return [
    ...values.filter((one) => !exact.some((known) => tellsValue(known, one))),
    ...windows.filter((one) => ![...exact, ...values].some((known) => tellsText(known, one))),
  ];
}

const tellsValue = (known: FlowEdge, one: FlowEdge): boolean =>
  known.from === one.from && one.classes.every((found) => known.classes.includes(found));

/** Also of what stands inside that argument; and what all arguments hold, one may hold already. */
const tellsText = (known: FlowEdge, one: FlowEdge): boolean =>
  known.from === one.from &&
  (known.to.startsWith(one.to) || (one.to === TOGETHER && known.to !== TOGETHER));

interface Seen {
  readonly place: WindowPlace;
  readonly group: PrintGroup;
  matched: number;
  asked: number;
  instructionLike: boolean;
}

function windowEdges(
  memory: SessionPassages,
  groups: readonly PrintGroup[],
  paths: readonly string[],
  { id }: Observation,
): readonly FlowEdge[] {
  const found = new Map<string, Seen>();
  for (const group of groups) {
    if (group.of !== 'window') continue;
    for (const print of group.prints) {
      const place = windowAt(memory, print);
      if (place !== undefined && place.source.call !== id)
        note(found, place, group, isAsked(print));
    }
  }
  return [...found.values()]
    .filter(({ matched }) => matched >= WINDOWS_MIN)
    .map(({ place, group, matched, asked, instructionLike }) => ({
      ...sourceOf(place.source, place.line > 0 ? `${place.at}:${place.line}` : place.at),
      to: paths[group.text] ?? '',
      coverage: shareOf(matched, group.prints.length),
      classes: [],
      instructionLike,
      inIntent: asked === matched,
      kind: KINDS[group.form],
    }));

  function isAsked(print: number): boolean {
    return memory.asked.get(print) !== undefined;
  }
}

function note(
  found: Map<string, Seen>,
  place: WindowPlace,
  group: PrintGroup,
  isAsked: boolean,
): void {
  const key = `${place.source.call} ${group.text} ${group.form}`;
  const seen = found.get(key) ?? { place, group, matched: 0, asked: 0, instructionLike: false };
  found.set(key, seen);
  seen.matched++;
  if (isAsked) seen.asked++;
  seen.instructionLike ||= place.instructionLike;
}

const KINDS: Readonly<Record<Form, FlowKind>> = {
  plain: 'window',
  decoded: 'decoded',
  reversed: 'reversed',
  rotated: 'rotated',
};

const sourceOf = (
  { call, server, tool, labels }: WindowPlace['source'],
  field: string,
): Pick<FlowEdge, 'from' | 'server' | 'tool' | 'labels' | 'field'> => ({
  ...{ from: call, server, tool, labels, field },
});

const shareOf = (matched: number, of: number): number => Math.round((100 * matched) / of) / 100;

/** Pieces of one value in one text. */
interface Part {
  readonly group: PrintGroup;
  bits: number;
  asked: number;
}

function partsOf(
  memory: SessionPassages,
  groups: readonly PrintGroup[],
): ReadonlyMap<ValuePlace, readonly Part[]> {
  const found = new Map<ValuePlace, Part[]>();
  for (const group of groups) {
    if (group.of !== 'piece') continue;
    for (const print of group.prints) {
      const piece = pieceAt(memory, print);
      if (piece === undefined) continue;
      const part = partOf(found, piece.value, group);
      part.bits |= piece.bit;
      if (memory.asked.get(print) !== undefined) part.asked++;
    }
  }
  return found;
}

function partOf(found: Map<ValuePlace, Part[]>, value: ValuePlace, group: PrintGroup): Part {
  const parts = found.get(value) ?? [];
  found.set(value, parts);
  const last = parts.at(-1);
  if (last?.group === group) return last;
  const part = { group, bits: 0, asked: 0 };
  parts.push(part);
  return part;
}

function valueEdges(
  memory: SessionPassages,
  groups: readonly PrintGroup[],
  paths: readonly string[],
  { id }: Observation,
): readonly FlowEdge[] {
  return [...partsOf(memory, groups)].flatMap(([value, parts]) => {
    if (value.source.call === id) return [];
    const [best] = parts.toSorted((a, b) => count(b.bits) - count(a.bits));
    const all = parts.reduce((bits, part) => bits | part.bits, 0);
    if (best === undefined || count(all) < Math.min(PIECES_MIN, value.pieces)) return [];
    const to = paths[best.group.text] ?? '';
    const kind = kindOf(value, best, all, to);
    const edge: FlowEdge = {
      ...sourceOf(value.source, value.at),
      to,
      coverage: shareOf(count(best.bits), best.group.prints.length),
      classes: value.class === undefined ? [] : [value.class],
      instructionLike: false,
      inIntent: best.asked === count(best.bits),
      kind,
    };
    return [edge];
  });
}

function kindOf(value: ValuePlace, best: Part, all: number, to: string): FlowKind {
  const { form } = best.group;
  if (form !== 'plain') return KINDS[form];
  if (isWhole(value, best.bits)) return to === TOGETHER ? 'split' : 'spaced';
  return isWhole(value, all | value.given) ? 'split' : 'part';
}

/** Do the pieces make up most of the value? Where it was cut, those across the cut are missing. */
function isWhole({ pieces, step }: ValuePlace, bits: number): boolean {
  let covered = 0;
  let end = 0;
  for (let piece = 0; piece < pieces; piece++) {
    if ((bits & (1 << piece)) === 0) continue;
    const start = Math.max(end, piece * step);
    end = piece * step + PIECE_CHARS;
    covered += end - start;
  }
  return covered >= WHOLE * ((pieces - 1) * step + PIECE_CHARS);
}

/** Remembers which pieces of values a call was given, so that the rest is known in a later one. */
export function addGiven(memory: SessionPassages, call: Observation): void {
  if (memory.values.length === 0) return;
  for (const [value, parts] of partsOf(memory, groupsOf(call.facts.request)))
    for (const { bits } of parts) value.given |= bits;
}

function count(bits: number): number {
  let left = bits;
  let found = 0;
  for (; left !== 0; left &= left - 1) found++;
  return found;
}
