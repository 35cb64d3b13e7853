import type { CallEntry, Observation } from '@spoor/core';
import { dateTimeText } from './words.ts';

export type Side = 'request' | 'result';

/** What is said of a content, and how grave it is. */
export interface ContentNote {
  readonly tone: 'plain' | 'warn' | 'bad';
  readonly text: string;
}

const PARTS: Readonly<Record<Side, ReadonlySet<string>>> = {
  request: new Set(['request', 'intent']),
  result: new Set(['result', 'error', 'definitions']),
};

/** What became of the content of one side, so that nothing gone ever looks like nothing there. */
export function contentNotes(
  o: Observation,
  entries: readonly CallEntry[],
  side: Side,
): ContentNote[] {
  const states = entries
    .flatMap(({ content }) => content ?? [])
    .filter(({ part }) => PARTS[side].has(part))
    .map(({ state }) => state);
  const facts = o.facts[side];
  const known = factsNote(o, facts !== undefined, side);
  const kept =
    facts !== undefined && facts.projection === undefined && o.shreddedMs === undefined
      ? [plain('No projection of it was kept.')]
      : [];
  return [...known, ...kept, ...sealedNotes(o, states, facts !== undefined)];
}

function factsNote(o: Observation, isKnown: boolean, side: Side): ContentNote[] {
  if (o.shreddedMs !== undefined) {
    const when = dateTimeText(o.shreddedMs);
    return [warn(`Shredded ${when}: what was known of it was destroyed with it, for good.`)];
  }
  if (isKnown) return [];
  if (side === 'request') return [warn('Nothing is known of what it was asked with.')];
  if (o.outcome === 'pending') return [plain('No answer yet.')];
  if (o.outcome === 'denied') return [plain('It was denied, so there is no answer.')];
  if (o.facts.definitions !== undefined) return [];
  return [plain('No answer was seen.')];
}

function sealedNotes(o: Observation, states: readonly string[], expected: boolean): ContentNote[] {
  if (states.includes('missing'))
    return [bad('Its sealed content is missing from the vault, and no entry says why.')];
  if (states.includes('shredded'))
    return [warn('Its sealed content was shredded, or has outlived its time. Nobody can open it.')];
  if (states.includes('sealed')) return [plain(`Sealed; an auditor runs spoor vault open ${o.id}`)];
  return expected ? [plain('Not sealed: there was no auditor key then.')] : [];
}

const plain = (text: string): ContentNote => ({ tone: 'plain', text });
const warn = (text: string): ContentNote => ({ tone: 'warn', text });
const bad = (text: string): ContentNote => ({ tone: 'bad', text });
