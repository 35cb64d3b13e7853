/**
 * A log whose oldest entries were pruned: whole bundles are gone, every hash tile stays. What is
 * left of them stands in one file beside the checkpoint: the minimum index, and the entries without
 * which epochs and manifests could not be followed. An entry of the log states that very file.
 */
import { CodedError, fromHex, LIMITS, toHex } from '@spoor/core';
import { TILE_WIDTH } from '../tree/tile.ts';
import { ROTATED } from './epochs.ts';
import { leafHash } from './hash.ts';
import type { LogSource } from './source.ts';
import { MANIFEST_NOTED } from './tally.ts';

/** The file, in the log's folder. */
export const PRUNED = 'pruned';

const HEAD = 'spoor pruned v1';

export interface Pruned {
  /** Entries below it are gone, but for those kept; a multiple of 256. */
  readonly minimum: number;
  /** When they were pruned, by the ledger's clock. */
  readonly atMs: number;
  /** By index, in order. */
  readonly kept: ReadonlyMap<number, Uint8Array>;
  /** RFC 6962 leaf hash of the file, hexadecimal. */
  readonly digest: string;
}

/** What an entry says of a pruning, in its `detail`. */
export interface PrunedStatement {
  readonly minimum: number;
  readonly digest: string;
}

/** A line for the minimum and the time, and one for each entry after its index. */
export function formatPruned(
  minimum: number,
  atMs: number,
  kept: ReadonlyMap<number, Uint8Array>,
): Uint8Array {
  const lines = [...kept].map(([index, leaf]) => `${index} ${decodeBytes(leaf)}\n`);
  const text = `${HEAD}\n${minimum} ${atMs}\n${lines.join('')}`;
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** One byte for each character, unlike `TextDecoder`, whose latin1 is another character set. */
function decodeBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

const NUMBER = /^(0|[1-9]\d{0,15})$/;

/** Undefined where the bytes are not exactly what {@link formatPruned} makes. */
export function parsePruned(bytes: Uint8Array): Pruned | undefined {
  if (bytes.length > LIMITS.prunedBytesMax) return undefined;
  const [head, state = '', ...lines] = decodeBytes(bytes).split('\n');
  const [minimum, atMs, ...more] = state.split(' ').map(numberOf);
  if (head !== HEAD || lines.pop() !== '' || more.length > 0) return undefined;
  if (minimum === undefined || atMs === undefined) return undefined;
  if (minimum === 0 || minimum % TILE_WIDTH !== 0) return undefined;
  const kept = keptIn(lines, minimum);
  return kept && { minimum, atMs, kept, digest: toHex(leafHash(bytes)) };
}

function keptIn(lines: readonly string[], minimum: number): Pruned['kept'] | undefined {
  const kept = new Map<number, Uint8Array>();
  let last = -1;
  for (const line of lines) {
    const at = line.indexOf(' ');
    const index = numberOf(line.slice(0, Math.max(0, at)));
    if (index === undefined || index <= last || index >= minimum) return undefined;
    kept.set(
      index,
      Uint8Array.from(line.slice(at + 1), (char) => char.charCodeAt(0)),
    );
    last = index;
  }
  return kept;
}

function numberOf(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * Undefined where nothing was pruned. Nothing is proved by it.
 *
 * @throws CodedError LEDGER_UNREADABLE where the file is malformed
 */
export async function readPruned(source: LogSource): Promise<Pruned | undefined> {
  const bytes = await source.read(PRUNED);
  if (bytes === undefined) return undefined;
  const pruned = parsePruned(bytes);
  if (pruned === undefined) throw new CodedError('LEDGER_UNREADABLE', PRUNED);
  return pruned;
}

const STATES = '"what":"ledger"';

/** What every bundle with such an entry has in it. */
export const PRUNES = '"retention.pruned"';

/** Undefined where the leaf states no pruning of entries. */
function readStatement(leaf: string): PrunedStatement | undefined {
  if (!leaf.includes(PRUNES) || !leaf.includes(STATES)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(leaf);
  } catch {
    return undefined;
  }
  const { kind, detail } = value as { kind?: unknown; detail?: Record<string, unknown> };
  if (kind !== 'retention.pruned' || detail?.what !== 'ledger') return undefined;
  const { minimum, digest } = detail;
  if (typeof minimum !== 'number' || fromHex(String(digest)) === undefined) return undefined;
  return { minimum, digest: String(digest) };
}

export const states = (leaf: string, { minimum, digest }: PrunedStatement): boolean => {
  const said = readStatement(leaf);
  return said?.minimum === minimum && said.digest === digest;
};

const KEPT_KINDS = [ROTATED, '"log.start"', '"log.recovered"'];

/** Is it an entry that stays readable, so that the rest of the log can be verified? */
export function staysKept(leaf: string): boolean {
  if (readStatement(leaf) !== undefined) return true;
  return (
    leaf.includes(MANIFEST_NOTED) || KEPT_KINDS.some((kind) => leaf.includes(`"kind":${kind}`))
  );
}
