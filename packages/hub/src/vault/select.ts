import { CodedError, covers, type Hold, held, LIMITS, type VaultTarget } from '@spoor/core';
import type { ContentRef, Leaf } from '@spoor/ledger';
import { type LogSource, readLeaves } from '@spoor/ledger/verify';
import type { Selection } from './questions.ts';

/** Of one session: all entries about calls, and those that the target names and no hold keeps. */
interface Tally {
  entries: number;
  chosen: number;
  readonly calls: Set<string>;
  contents: ContentRef[];
  count: number;
  bytes: number;
}

/**
 * Looks through the published log for what a target names. The log is asked and not the store,
 * which forgets sooner.
 *
 * @param running Sessions that go on: of these a period takes single contents and no keys.
 * @throws CodedError VAULT_TOO_MUCH, LEDGER_UNREADABLE
 */
export async function select(
  source: LogSource,
  target: VaultTarget,
  holds: readonly Hold[],
  running: ReadonlySet<string>,
): Promise<Selection> {
  const search = new Search(target, holds);
  for await (const { leaf } of readLeaves(source)) search.take(JSON.parse(leaf) as Leaf);
  return search.result((session) => target.kind === 'period' && running.has(session));
}

class Search {
  readonly #target: VaultTarget;
  readonly #holds: readonly Hold[];
  readonly #tallies = new Map<string, Tally>();
  readonly #keeping = new Set<Hold>();
  #held = 0;
  #firstMs: number | undefined;
  #lastMs: number | undefined;

  constructor(target: VaultTarget, holds: readonly Hold[]) {
    this.#target = target;
    this.#holds = holds;
  }

  take(leaf: Leaf): void {
    const { session, call = '', ts } = leaf;
    if (session === undefined || (call === '' && leaf.content === undefined)) return;
    const tally = this.#tallies.get(session) ?? newTally();
    this.#tallies.set(session, tally);
    tally.entries += 1;
    const what = { session, call, pseudonym: leaf.identity?.pseudonym, atMs: ts };
    if (!covers(this.#target, what)) return;
    const hold = held(what, this.#holds);
    if (hold !== undefined) {
      this.#keeping.add(hold);
      this.#held += leaf.content?.length ?? 0;
      return;
    }
    tally.chosen += 1;
    if (call !== '') tally.calls.add(call);
    this.#firstMs ??= ts;
    this.#lastMs = ts;
    for (const { part, kek, cipher, bytes } of leaf.content ?? []) {
      tally.count += 1;
      tally.bytes += bytes;
      if (tally.count <= LIMITS.shredContentsMax)
        tally.contents.push({ session, call, part, kek, cipher });
    }
  }

  result(keepsKeys: (session: string) => boolean): Selection {
    const chosen = [...this.#tallies].filter(([, { chosen: some }]) => some > 0);
    const isWhole = ([session, { entries, chosen: some }]: [string, Tally]): boolean =>
      this.#target.kind !== 'call' && entries === some && !keepsKeys(session);
    const parts = chosen.filter((one) => !isWhole(one)).map(([, tally]) => tally);
    const count = sum(chosen.map(([, tally]) => tally));
    if (sum(parts).contents > LIMITS.shredContentsMax) throw new CodedError('VAULT_TOO_MUCH');
    return {
      sessions: chosen.filter(isWhole).map(([session]) => session),
      contents: parts.flatMap(({ contents }) => contents),
      calls: parts.flatMap(({ calls }) => [...calls]),
      count: { ...count, held: this.#held },
      holds: [...this.#keeping],
      ...(this.#firstMs === undefined ? {} : { firstMs: this.#firstMs }),
      ...(this.#lastMs === undefined ? {} : { lastMs: this.#lastMs }),
    };
  }
}

const newTally = (): Tally => ({
  entries: 0,
  chosen: 0,
  calls: new Set(),
  contents: [],
  count: 0,
  bytes: 0,
});

const sum = (
  tallies: readonly Tally[],
): { readonly contents: number; readonly bytes: number; readonly calls: number } => ({
  contents: tallies.reduce((total, { count }) => total + count, 0),
  bytes: tallies.reduce((total, { bytes }) => total + bytes, 0),
  calls: tallies.reduce((total, { calls }) => total + calls.size, 0),
});

/** Who has called: pseudonyms with the names of their programs. */
export async function callersIn(
  source: LogSource,
): Promise<{ readonly pseudonyms: ReadonlySet<string>; readonly agents: readonly string[] }> {
  const pseudonyms = new Set<string>();
  const agents = new Set<string>();
  for await (const { leaf } of readLeaves(source)) {
    const { identity } = JSON.parse(leaf) as Leaf;
    if (identity === undefined) continue;
    pseudonyms.add(identity.pseudonym);
    if (identity.agent !== undefined) agents.add(identity.agent);
  }
  return { pseudonyms, agents: [...agents] };
}
