import { readdirSync } from 'node:fs';
import { CodedError, type SessionId } from '@spoor/core';
import type { Detector } from '@spoor/detect';
import type { Entry, Ledger } from '@spoor/ledger';
import type { Decisions } from '../decide/decisions.ts';
import type { Foreign } from '../decide/foreign.ts';
import type { Sessions } from '../decide/sessions.ts';
import type { Identifier } from '../identify/identifier.ts';
import type { Remembering } from '../remembering.ts';
import type { SensorServer } from '../sensors.ts';
import type { Unstored } from '../unstored.ts';
import { shreddedEntries } from './entries.ts';
import { endJournal, readJournal, writeJournal } from './journal.ts';
import { pseudonymsOf } from './person.ts';
import type { Journal, Readiness, VaultQuestion } from './questions.ts';

export interface ShreddingOptions {
  readonly ledger: Pick<Ledger, 'append' | 'flush' | 'prune' | 'shred'>;
  readonly decisions: Pick<Decisions, 'forgetSession' | 'settled'>;
  readonly detector: Pick<Detector, 'forget'>;
  readonly remembering: Pick<Remembering, 'destroy'>;
  readonly unstored: Pick<Unstored, 'destroy'>;
  readonly foreign: Pick<Foreign, 'forget'>;
  readonly sessions: Pick<Sessions, 'forget' | 'forgetIntent'>;
  readonly sensors: Pick<SensorServer, 'cutSession' | 'sessions'>;
  readonly identifier: Pick<Identifier, 'forget' | 'forgetSession' | 'known'>;
  readonly journal: string;
  readonly spool: string;
  readonly pseudonymKey: Uint8Array;
  /** Takes in what sensors have kept. */
  readonly takeSpool: () => Promise<void>;
}

/** The deciding thread's part of shredding: what is in memory, the ledger and its vault. */
export class Shredding {
  readonly #options: ShreddingOptions;

  constructor(options: ShreddingOptions) {
    this.#options = options;
  }

  /** Ends what a stop has left; the worker has done its part when it loaded. */
  async resume(): Promise<void> {
    if (readJournal(this.#options.journal) !== undefined) await this.#finish();
  }

  async answer(question: VaultQuestion): Promise<unknown> {
    switch (question.kind) {
      case 'vault.ready':
        return this.#ready();
      case 'vault.person':
        return pseudonymsOf(question.person, question.agents, {
          known: (subject) => this.#options.identifier.known(subject),
          key: this.#options.pseudonymKey,
        });
      case 'vault.begin':
        return this.#begin(question.journal);
      case 'vault.finish':
        return this.#finish();
      case 'vault.prune':
        return this.#prune(question);
      case 'vault.note':
        return this.#note(question);
    }
  }

  async #ready(): Promise<Readiness> {
    const { ledger, decisions, sensors, spool, takeSpool } = this.#options;
    await takeSpool();
    await decisions.settled();
    await ledger.flush();
    return { running: [...sensors.sessions], unreadable: filesIn(spool) };
  }

  #begin(journal: Journal): true {
    const { journal: path, detector, foreign, sensors, sessions } = this.#options;
    const { decisions, identifier, remembering, unstored } = this.#options;
    if (readJournal(path) !== undefined) throw new CodedError('VAULT_BUSY');
    writeJournal(path, journal);
    for (const session of journal.sessions) {
      sensors.cutSession(session);
      sessions.forget(session);
      foreign.forget(session);
      identifier.forgetSession(session);
      decisions.forgetSession(session);
      detector.forget(session as SessionId);
    }
    remembering.destroy();
    unstored.destroy();
    // The prints of single calls cannot be told from those of others in memory: all go.
    const calls = new Set(journal.calls);
    for (const session of new Set(journal.contents.map((one) => one.session))) {
      detector.forget(session as SessionId);
      decisions.forgetSession(session);
      const hasIntent = journal.contents.some(
        (one) => one.session === session && one.part === 'intent' && calls.has(one.call),
      );
      if (hasIntent) sessions.forgetIntent(session);
    }
    return true;
  }

  async #finish(): Promise<number> {
    const { journal: path, ledger } = this.#options;
    const journal = readJournal(path);
    if (journal === undefined) throw new CodedError('NOT_FOUND', 'nothing is being shredded');
    let more: readonly Entry[] = [];
    const appended = await ledger.shred(journal, (gone) => {
      const [first, ...rest] = shreddedEntries(journal, gone);
      more = rest;
      return first as Entry;
    });
    for (const entry of more) ledger.append(entry);
    await ledger.flush();
    const { what, named } = journal.warrant;
    // Without its key nobody finds out any more whose pseudonym it was, not even by trying names.
    if (what === 'person' && Array.isArray(named.pseudonyms))
      for (const pseudonym of named.pseudonyms) await this.#options.identifier.forget(pseudonym);
    endJournal(path);
    return appended?.index ?? -1;
  }

  async #prune({ minimum, detail }: Prune): Promise<number> {
    const { index } = await this.#options.ledger.prune(minimum, (pruned) => ({
      kind: 'retention.pruned',
      detail: { ...detail, what: 'ledger', ...pruned },
    }));
    return index;
  }

  async #note(question: Extract<VaultQuestion, { kind: 'vault.note' }>): Promise<number> {
    const { entry: kind, call, session, detail } = question;
    const about = {
      ...(call === undefined ? {} : { call }),
      ...(session === undefined ? {} : { session }),
    };
    const appended = this.#options.ledger.append({ kind, ...about, detail });
    if (appended === undefined) throw new CodedError('DURABILITY_LOST');
    await appended.durable();
    return appended.index;
  }
}

type Prune = Extract<VaultQuestion, { kind: 'vault.prune' }>;

/** What is left there could not be taken in: it was not looked through. */
function filesIn(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}
