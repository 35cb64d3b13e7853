import { readFileSync, unwatchFile, watchFile, writeFileSync } from 'node:fs';
import { CodedError, type Exception, type ExceptionView } from '@spoor/core';
import type { Entry } from '@spoor/ledger';
import type { SensorServer } from '../sensors.ts';
import type { Exceptions } from './exceptions.ts';
import type { Said } from './stopping.ts';
import { wordsOf } from './words.ts';

export type ExceptionsQuestion =
  | ({ readonly kind: 'exceptions.add'; readonly exception: object } & Said)
  | ({ readonly kind: 'exceptions.remove'; readonly id: string } & Said);

interface ExceptingOptions {
  readonly path: string;
  readonly exceptions: Exceptions;
  readonly sensors: Pick<SensorServer, 'isWithin'>;
  readonly isRule: (id: string) => boolean;
  readonly nowMs: () => number;
  readonly note: (entry: Entry) => unknown;
  /** What people are shown has changed. */
  readonly changed: () => void;
}

/** A person's editor is not waited for longer. */
const LOOK_EVERY_MS = 1_000;

/** Changes of exceptions, whoever makes them: each is an entry of the ledger. */
export class Excepting {
  readonly #options: ExceptingOptions;
  readonly #seenPath: string;

  constructor(options: ExceptingOptions) {
    this.#options = options;
    this.#seenPath = `${options.path}.seen`;
    this.#noteChanges('file');
    watchFile(options.path, { interval: LOOK_EVERY_MS, persistent: false }, () => this.#reload());
  }

  close(): void {
    unwatchFile(this.#options.path);
  }

  /** Throws EXCEPTION_…, NOT_FOUND or APPROVER_NOT_INDEPENDENT. */
  answer(question: ExceptionsQuestion): ExceptionView {
    const { exceptions, sensors, isRule, nowMs } = this.#options;
    const { by, reason, ancestors } = question;
    if (question.kind === 'exceptions.remove') {
      const view = this.#view(question.id);
      exceptions.remove(question.id);
      this.#noteChanges(by, reason);
      return view;
    }
    if (sensors.isWithin(ancestors)) throw new CodedError('APPROVER_NOT_INDEPENDENT');
    const { rule } = question.exception as { readonly rule?: unknown };
    if (typeof rule !== 'string' || !isRule(rule)) throw new CodedError('NOT_FOUND', 'rule');
    const { id } = exceptions.add(question.exception, nowMs());
    this.#noteChanges(by);
    return this.#view(id);
  }

  /** Throws EXCEPTION_UNKNOWN. */
  #view(id: string): ExceptionView {
    const { exceptions, nowMs } = this.#options;
    const found = exceptions.views(nowMs()).find((one) => one.id === id);
    if (found === undefined) throw new CodedError('EXCEPTION_UNKNOWN', id);
    return found;
  }

  #reload(): void {
    this.#options.exceptions.load();
    this.#noteChanges('file');
  }

  /** Against what was noted last, also by a hub that ran before. */
  #noteChanges(by: string, reason?: string): void {
    const { exceptions, note, changed } = this.#options;
    const before = this.#seen();
    const now = new Map(exceptions.own.map((one) => [one.id, one]));
    const added = exceptions.own.filter(({ id }) => !before.has(id));
    const removed = [...before].filter((id) => !now.has(id));
    if (added.length === 0 && removed.length === 0) return;
    for (const one of added) note(entryOf(one, by));
    for (const id of removed) {
      const why = reason === undefined ? {} : { reason: wordsOf(reason) };
      note({ kind: 'config.changed', detail: { exception: 'removed', id, by, ...why } });
    }
    writeFileSync(this.#seenPath, JSON.stringify([...now.keys()]), { mode: 0o600 });
    changed();
  }

  #seen(): ReadonlySet<string> {
    try {
      return new Set(JSON.parse(readFileSync(this.#seenPath, 'utf8')) as string[]);
    } catch {
      // Noted twice is better than never.
      return new Set();
    }
  }
}

/** An address is what some people are known by: destinations stand here as their number. */
function entryOf({ id, rule, owner, reason, expiresMs, only }: Exception, by: string): Entry {
  const { destinations, ...names } = only;
  return {
    kind: 'config.changed',
    detail: {
      exception: 'added',
      id,
      rule,
      by,
      owner: wordsOf(owner),
      reason: wordsOf(reason),
      expires: expiresMs,
      only: {
        ...names,
        ...(destinations === undefined ? {} : { destinations: destinations.length }),
      },
    },
  };
}
