import { type Hold, held, type PruneStop, type PruneView } from '@spoor/core';
import type { Leaf } from '@spoor/ledger';
import { type LogSource, publishedSize, readLeaves, readPruned } from '@spoor/ledger/verify';

/** Entries of a bundle, which go together. */
const BUNDLE = 256;

/**
 * How far the ledger can be pruned: bundles of entries that are all older than a time, up to the
 * first that a hold keeps, or whose sealed content is still in the vault, since shredding and
 * opening find that by its entry.
 *
 * @param sealed Sessions with content in the vault.
 */
export async function prunable(
  source: LogSource,
  beforeMs: number,
  holds: readonly Hold[],
  sealed: ReadonlySet<string>,
): Promise<PruneView> {
  const from = (await readPruned(source))?.minimum ?? 0;
  const search = new Search(beforeMs, holds, sealed);
  for await (const { index, leaf } of readLeaves(source, from)) {
    search.take(index, JSON.parse(leaf) as Leaf, leaf.length);
    if (search.isOver) break;
  }
  const size = (await publishedSize(source)) ?? 0;
  return search.result(from, size);
}

class Search {
  readonly #beforeMs: number;
  readonly #holds: readonly Hold[];
  readonly #sealed: ReadonlySet<string>;
  /** Of each session the first entry, while a hold may still be met that covers another of it. */
  readonly #first = new Map<string, number>();
  readonly #lengths: number[] = [];
  /** The first entry that is too new. */
  #newer: number | undefined;
  #stop: PruneStop | undefined;

  constructor(beforeMs: number, holds: readonly Hold[], sealed: ReadonlySet<string>) {
    this.#beforeMs = beforeMs;
    this.#holds = holds;
    this.#sealed = sealed;
  }

  /** Without holds nothing later can keep what is before. */
  get isOver(): boolean {
    const isMet = this.#newer !== undefined || this.#stop !== undefined;
    return isMet && this.#holds.length === 0;
  }

  take(index: number, leaf: Leaf, length: number): void {
    const { session, identity, ts, content } = leaf;
    if (ts >= this.#beforeMs) this.#newer ??= index;
    if (this.#newer === undefined) this.#count(session, index, length);
    const hold = held({ session, pseudonym: identity?.pseudonym, atMs: ts }, this.#holds);
    if (hold !== undefined) {
      this.#stopAt({ index: this.#first.get(session ?? '') ?? index, why: 'hold', hold });
    } else if (content !== undefined && this.#sealed.has(session ?? '')) {
      this.#stopAt({ index, why: 'content' });
    }
  }

  result(from: number, size: number): PruneView {
    const old = this.#newer ?? size;
    const stop = this.#stop !== undefined && this.#stop.index < old ? this.#stop : undefined;
    const end = Math.floor(Math.min(old, stop?.index ?? old, size) / BUNDLE) * BUNDLE;
    const minimum = Math.max(from, end);
    const bytes = this.#lengths
      .slice(0, minimum / BUNDLE - from / BUNDLE)
      .reduce((sum, one) => sum + one, 0);
    return { from, minimum, bytes, ...(stop === undefined ? {} : { stopped: stop }) };
  }

  #count(session: string | undefined, index: number, length: number): void {
    if (session !== undefined && !this.#first.has(session) && this.#holds.length > 0)
      this.#first.set(session, index);
    if (index % BUNDLE === 0 || this.#lengths.length === 0) this.#lengths.push(0);
    const last = this.#lengths.length - 1;
    this.#lengths[last] = (this.#lengths[last] ?? 0) + length;
  }

  #stopAt(stop: PruneStop): void {
    if (stop.index < (this.#stop?.index ?? Number.POSITIVE_INFINITY)) this.#stop = stop;
  }
}
