import {
  CodedError,
  DAY_MS,
  type Hold,
  held,
  type PruneView,
  type Random,
  type ShredView,
  uuidv7,
  type VaultTarget,
  type VaultView,
} from '@spoor/core';
import type { Leaf } from '@spoor/ledger';
import { readLog } from '@spoor/ledger/folder';
import { type LogSource, readLeaves } from '@spoor/ledger/verify';
import type { Shredding } from '../store/shred.ts';
import type { Holds } from './holds.ts';
import { outlived, type SessionPacks, sessionPacks } from './packs.ts';
import { prunable } from './prunable.ts';
import type { Doomed, Journal, Readiness, Selection, VaultQuestion, Warrant } from './questions.ts';
import { callersIn, select } from './select.ts';

export interface DeskOptions {
  readonly ledgerPath: string;
  readonly holds: Holds;
  readonly days: number;
  readonly bytesMax: number;
  readonly storeDays: number;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly sealing: () => boolean;
  readonly ask: (question: VaultQuestion) => Promise<unknown>;
  /** Takes it out of the store and out of what this thread has in memory. */
  readonly forget: (what: Shredding) => void;
}

/** Who asks for what, as the command or the page says it. */
export interface Asked {
  readonly by: string;
  readonly reason: string;
}

export type TargetAsked = Exclude<VaultTarget, { readonly kind: 'person' }> | PersonAsked;
export interface PersonAsked {
  readonly kind: 'person';
  readonly person: string;
}

/** What the vault can be asked for, on the thread that no decision waits for. One at a time. */
export class VaultDesk {
  readonly #options: DeskOptions;
  readonly #source: LogSource;
  #line: Promise<unknown> = Promise.resolve();

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#source = readLog(options.ledgerPath);
  }

  async status(): Promise<VaultView> {
    const { ledgerPath, days, bytesMax, storeDays, holds, sealing } = this.#options;
    const packs = await sessionPacks(ledgerPath);
    const stays = await this.#stays(packs);
    const [oldest] = packs;
    const next = packs.find(({ session }) => !stays(session));
    return {
      sealing: sealing(),
      contents: {
        sessions: packs.length,
        bytes: packs.reduce((sum, { bytes }) => sum + bytes, 0),
        ...(oldest === undefined ? {} : { oldestMs: Math.round(oldest.newestMs) }),
      },
      days,
      bytesMax,
      storeDays,
      holds: holds.all,
      keptByHold: packs.filter(({ session }) => stays(session)).length,
      ...(next === undefined ? {} : { nextMs: Math.round(next.newestMs + days * DAY_MS) }),
    };
  }

  /** @param really False only counts. Throws VAULT_HELD, VAULT_PERSON_UNKNOWN, VAULT_TOO_MUCH. */
  async shred(asked: TargetAsked, { by, reason }: Asked, really: boolean): Promise<ShredView> {
    return this.#alone(async () => {
      const ready = (await this.#options.ask({ kind: 'vault.ready' })) as Readiness;
      const target = await this.#target(asked);
      const running = new Set(ready.running);
      const found = await select(this.#source, target, this.#options.holds.all, running);
      const view = viewOf(found, ready);
      if (!really) return view;
      const nothing = found.sessions.length + found.calls.length === 0;
      if (nothing && found.holds.length > 0) throw new CodedError('VAULT_HELD');
      if (nothing) throw new CodedError('NOT_FOUND', 'nothing of it stands in the ledger');
      const warrant = { by, reason, what: target.kind, named: namedBy(target) };
      return { ...view, index: await this.#destroy(found, warrant) };
    });
  }

  /** @param really False only counts. Throws LEDGER_PRUNE_REFUSED where nothing can go. */
  async prune(beforeMs: number, { by, reason }: Asked, really: boolean): Promise<PruneView> {
    return this.#alone(async () => {
      const { ask, holds, ledgerPath } = this.#options;
      await ask({ kind: 'vault.ready' });
      const packs = await sessionPacks(ledgerPath);
      const sealed = new Set(packs.map(({ session }) => session));
      const view = await prunable(this.#source, beforeMs, holds.all, sealed);
      if (!really) return view;
      const { from, minimum } = view;
      if (minimum === from) throw new CodedError('LEDGER_PRUNE_REFUSED', 'nothing of it may go');
      const detail = { by, reason, beforeMs };
      const index = (await ask({ kind: 'vault.prune', minimum, detail })) as number;
      return { ...view, index };
    });
  }

  /** Entries that have outlived their time go, as far as nothing keeps them. Says how many. */
  async pruneOlder(days: number): Promise<number> {
    const beforeMs = Math.round(this.#options.nowMs() - days * DAY_MS);
    const { from, minimum } = await this.prune(beforeMs, { by: '', reason: '' }, false);
    if (minimum === from) return 0;
    const done = await this.prune(beforeMs, { by: 'hub', reason: 'ledger.days' }, true);
    return done.minimum - done.from;
  }

  /** What has outlived its time or found no room goes, unless a hold keeps it. */
  async expire(): Promise<number> {
    const { ledgerPath, days, bytesMax, nowMs } = this.#options;
    return this.#alone(async () => {
      const packs = await sessionPacks(ledgerPath);
      const beforeMs = nowMs() - days * DAY_MS;
      if (outlived(packs, { beforeMs, bytesMax }, () => false).length === 0) return 0;
      const { running } = (await this.#options.ask({ kind: 'vault.ready' })) as Readiness;
      const stays = await this.#stays(packs);
      const live = new Set(running);
      const sessions = outlived(
        packs,
        { beforeMs, bytesMax },
        (session) => live.has(session) || stays(session),
      );
      if (sessions.length === 0) return 0;
      const megabytes = Math.round(bytesMax / 1_000_000);
      await this.#destroy(
        { sessions, contents: [], calls: [] },
        {
          by: 'hub',
          reason: 'retention',
          what: 'retention',
          named: { 'vault.days': days, 'vault.megabytes': megabytes },
        },
      );
      return sessions.length;
    });
  }

  async hold(asked: TargetAsked, { by, reason }: Asked): Promise<Hold> {
    const { holds, random, nowMs, ask } = this.#options;
    const target = await this.#target(asked);
    if (target.kind === 'call') throw new CodedError('VAULT_TARGET', 'a session, person or period');
    const sinceMs = Math.round(nowMs());
    const hold: Hold = { id: uuidv7(sinceMs, random).slice(-12), target, reason, by, sinceMs };
    // It holds before anybody is told, and the entry says that it does.
    holds.add(hold);
    const detail = { hold: 'added', id: hold.id, by, reason, ...namedBy(target) };
    await ask({ kind: 'vault.note', entry: 'config.changed', detail });
    return hold;
  }

  async release(id: string, { by, reason }: Asked): Promise<Hold> {
    const { holds, ask } = this.#options;
    const found = holds.all.find((hold) => hold.id === id);
    if (found === undefined) throw new CodedError('VAULT_HOLD_UNKNOWN');
    // The entry first: a hold that is lifted without one would look as if it had never been.
    const detail = { hold: 'released', id, by, reason, ...namedBy(found.target) };
    await ask({ kind: 'vault.note', entry: 'config.changed', detail });
    return holds.release(id);
  }

  get holds(): readonly Hold[] {
    return this.#options.holds.all;
  }

  /** An auditor is about to open it: the entry is on disk before this resolves. */
  async opened(
    call: string,
    indexes: readonly number[],
    asked: Asked,
    key: string,
  ): Promise<number> {
    const detail = { ...asked, key, entries: indexes.map(String) };
    const question = { kind: 'vault.note', entry: 'vault.opened', call, detail } as const;
    return (await this.#options.ask(question)) as number;
  }

  async #target(asked: TargetAsked): Promise<VaultTarget> {
    if (asked.kind !== 'person') return asked;
    const { pseudonyms, agents } = await callersIn(this.#source);
    const { person } = asked;
    const known = (await this.#options.ask({ kind: 'vault.person', person, agents })) as string[];
    const found = known.filter((one) => pseudonyms.has(one));
    if (found.length === 0) throw new CodedError('VAULT_PERSON_UNKNOWN');
    return { kind: 'person', pseudonyms: found };
  }

  async #destroy({ sessions, contents, calls }: Doomed, warrant: Warrant): Promise<number> {
    const { ask, forget, nowMs } = this.#options;
    const atMs = Math.round(nowMs());
    const journal: Journal = { sessions, contents, calls, warrant, atMs };
    await ask({ kind: 'vault.begin', journal });
    // What was told before the answer above has come before it, so nothing comes after this.
    if (warrant.what !== 'retention') forget({ sessions, calls, atMs });
    return (await ask({ kind: 'vault.finish' })) as number;
  }

  /** Sessions of which a hold keeps anything. */
  async #stays(packs: readonly SessionPacks[]): Promise<(session: string) => boolean> {
    const { holds } = this.#options;
    const all = holds.all;
    if (all.length === 0 || packs.length === 0) return () => false;
    const kept = new Set<string>();
    for await (const { leaf } of readLeaves(this.#source)) {
      const { session, identity, ts } = JSON.parse(leaf) as Leaf;
      if (session === undefined || kept.has(session)) continue;
      const what = { session, pseudonym: identity?.pseudonym, atMs: ts };
      if (held(what, all) !== undefined) kept.add(session);
    }
    return (session) => kept.has(session);
  }

  #alone<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#line.then(work);
    this.#line = done.catch(() => undefined);
    return done;
  }
}

function viewOf(found: Selection, { running, unreadable }: Readiness): ShredView {
  const live = new Set(running);
  const { count, holds, firstMs, lastMs, sessions } = found;
  return {
    ...count,
    sessions: sessions.length,
    running: sessions.filter((session) => live.has(session)).length,
    holds,
    unreadable,
    ...(firstMs === undefined ? {} : { firstMs }),
    ...(lastMs === undefined ? {} : { lastMs }),
  };
}

function namedBy(target: VaultTarget): Warrant['named'] {
  switch (target.kind) {
    case 'call':
      return { call: target.call };
    case 'session':
      return { session: target.session };
    case 'person':
      return { pseudonyms: target.pseudonyms };
    case 'period':
      return { fromMs: target.fromMs, toMs: target.toMs };
  }
}
