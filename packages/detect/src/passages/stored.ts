import { type ContentClass, fromBase64, toBase64 } from '@spoor/core';
import type { FlowSource } from '../engine/flow.ts';
import { newSessionPassages, type SessionPassages } from './memory.ts';
import type { Prints } from './prints.ts';

/** What a session's memory of passages is in a snapshot; sources are numbered. */
export interface StoredPassages {
  readonly texts: readonly (readonly [source: number, at: string])[];
  readonly values: readonly (readonly [
    source: number,
    at: string,
    found: ContentClass | null,
    pieces: number,
    step: number,
    given: number,
  ])[];
  readonly windows: string;
  readonly pieces: string;
  readonly asked: string;
}

const pack = (prints: Prints): string => toBase64(new Uint8Array(prints.pack().buffer));

function unpack(prints: Prints, stored: string): void {
  const bytes = fromBase64(stored) ?? new Uint8Array(0);
  prints.unpack(new Uint32Array(bytes.buffer, 0, bytes.length >> 2));
}

/** @param number gives a source its number */
export function storePassages(
  { texts, values, windows, pieces, asked }: SessionPassages,
  number: (source: FlowSource) => number,
): StoredPassages {
  return {
    texts: texts.map(({ source, at }) => [number(source), at]),
    values: values.map((one) => {
      const { source, at, class: found, pieces: all, step, given } = one;
      return [number(source), at, found ?? null, all, step, given];
    }),
    windows: pack(windows),
    pieces: pack(pieces),
    asked: pack(asked),
  };
}

/** Undefined where a source is missing: prints name what they are of by its place. */
export function restorePassages(
  { texts, values, windows, pieces, asked }: StoredPassages,
  sources: readonly FlowSource[],
): SessionPassages | undefined {
  const memory = newSessionPassages();
  for (const [number, at] of texts) {
    const source = sources[number];
    if (source === undefined) return undefined;
    memory.texts.push({ source, at });
  }
  for (const [number, at, found, all, step, given] of values) {
    const source = sources[number];
    if (source === undefined) return undefined;
    memory.values.push({ source, at, class: found ?? undefined, pieces: all, step, given });
  }
  unpack(memory.windows, windows);
  unpack(memory.pieces, pieces);
  unpack(memory.asked, asked);
  return memory;
}
