/**
 * Do ledger and store tell of the same calls? Each is looked up in the other, so that what somebody
 * took out of one shows in the other. Goes on where it ended, a bounded piece at a time.
 */
import { CodedError, LIMITS, type Observation, toHex } from '@spoor/core';
import {
  checkClaims,
  type LogSource,
  leafHash,
  publishedSize,
  readLeafAt,
  readPruned,
} from '@spoor/ledger/verify';
import type { Store } from '../store/store.ts';

/** Where the next piece begins. */
export interface Place {
  readonly index: number;
  readonly seq: number;
}

/**
 * `row`: the ledger has a call that the store lacks. `entry`: the store names an entry that is not
 * in the ledger, or is another one. `span`: the entry says that a span was kept, and there is none.
 */
export interface Gap {
  readonly kind: 'row' | 'entry' | 'span';
  readonly call: string;
  readonly index?: number;
  readonly seq?: number;
}

export interface Piece {
  readonly gaps: readonly Gap[];
  readonly entries: number;
  readonly rows: number;
  readonly next: Place;
  /** Nothing settled is left to look at. */
  readonly done: boolean;
}

export interface CompareOptions {
  readonly source: LogSource;
  readonly store: Pick<Store, 'lastSeq' | 'observation' | 'rowsAfter'>;
  readonly place: Place;
  /** Entries, and rows, of one piece. */
  readonly max: number;
  /** What is newer may be on its way into the other. */
  readonly settledBeforeMs: number;
  /** Span ids that a backend has; undefined where nobody can look. */
  readonly spans?: ReadonlySet<string>;
}

/** @throws CodedError LEDGER_UNREADABLE, STORE_UNAVAILABLE: then nothing is known of a gap */
export async function compare(options: CompareOptions): Promise<Piece> {
  const { place, store } = options;
  const source = remembering(options.source);
  const size = (await publishedSize(source)) ?? 0;
  const minimum = (await readPruned(source))?.minimum ?? 0;
  const from = { ...place, index: Math.max(place.index, Math.min(minimum, size)) };
  const entries = await entriesFrom({ ...options, source, place: from }, size);
  const rows = store.rowsAfter(place.seq, options.max);
  const gaps: Gap[] = [...entries.gaps];
  let { seq } = place;
  for (const row of rows) {
    if (row.time.hubMs >= options.settledBeforeMs) break;
    if (await lacksEntry(source, row, size, minimum)) {
      const { id: call, ledger } = row;
      gaps.push({ kind: 'entry', call, seq: row.seq, index: ledger?.index ?? 0 });
    }
    seq = row.seq;
  }
  const seen = rows.filter((row) => row.seq <= seq).length;
  const done = entries.next === size && seen === rows.length && rows.length < options.max;
  const next = { index: entries.next, seq };
  return { gaps, entries: entries.next - from.index, rows: seen, next, done };
}

interface Seen {
  readonly kind?: string;
  readonly ts?: number;
  readonly seq?: number;
  readonly call?: string;
  readonly span?: string;
  readonly sampled?: { readonly keep?: boolean };
}

async function entriesFrom(
  { source, store, place, max, settledBeforeMs, spans }: CompareOptions,
  size: number,
): Promise<{ readonly gaps: readonly Gap[]; readonly next: number }> {
  const gaps: Gap[] = [];
  const oldest = store.rowsAfter(0, 1)[0]?.seq;
  // Retention has taken what is older than the oldest row; of a new store nothing was taken.
  const keptFrom = oldest ?? (store.lastSeq() === 0 ? 0 : Number.POSITIVE_INFINITY);
  let next = place.index;
  for (; next < Math.min(size, place.index + max); next++) {
    const { kind, ts = 0, seq, call, span, sampled } = await entryAt(source, next, size);
    if (ts >= settledBeforeMs) break;
    if (seq === undefined || call === undefined || !isCall(kind)) continue;
    if (seq >= keptFrom && store.observation(call) === undefined) {
      gaps.push({ kind: 'row', call, seq, index: next });
    }
    const isMissed = spans !== undefined && sampled?.keep === true && !spans.has(span ?? '');
    if (isMissed) gaps.push({ kind: 'span', call, seq, index: next });
  }
  return { gaps, next };
}

const isCall = (kind: string | undefined): boolean =>
  kind === 'call.request' || kind === 'call.result';

async function entryAt(source: LogSource, index: number, size: number): Promise<Seen> {
  const leaf = await readLeafAt(source, index, size);
  if (leaf === undefined) throw new CodedError('LEDGER_UNREADABLE', `entry ${index}`);
  return JSON.parse(new TextDecoder().decode(leaf)) as Seen;
}

/** A row without a place in the ledger was dropped on the way there, which the ledger counts. */
async function lacksEntry(
  source: LogSource,
  row: Observation,
  size: number,
  minimum: number,
): Promise<boolean> {
  if (row.ledger === undefined) return false;
  const { index, leafHash: expected } = row.ledger;
  if (index >= size) return true;
  // Of an entry that was pruned the hash is left.
  if (index < minimum) {
    const [fault] = await checkClaims(source, [{ index, leafHash: expected }]);
    if (fault?.fault === 'unreadable')
      throw new CodedError('LEDGER_UNREADABLE', `tile of ${index}`);
    return fault !== undefined;
  }
  const leaf = await readLeafAt(source, index, size);
  if (leaf === undefined) throw new CodedError('LEDGER_UNREADABLE', `entry ${index}`);
  return toHex(leafHash(leaf)) !== expected;
}

/** Entries are looked up one by one, and stand close together. */
function remembering(source: LogSource): LogSource {
  const files = new Map<string, Promise<Uint8Array | undefined>>();
  return {
    read: (path) => {
      const known = files.get(path);
      if (known !== undefined) return known;
      const [oldest = ''] = files.keys();
      if (files.size >= LIMITS.reconcileFilesMax) files.delete(oldest);
      const bytes = source.read(path);
      files.set(path, bytes);
      return bytes;
    },
  };
}
