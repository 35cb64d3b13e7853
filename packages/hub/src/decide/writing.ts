import {
  CodedError,
  type Decision,
  type Mode,
  newCaseId,
  type Observation,
  type Random,
  type SealedContent,
} from '@spoor/core';
import type { AckLevel, Appended, Entry, Ledger } from '@spoor/ledger';
import { count, entryOf } from './entry.ts';

export type EntryKind = 'call.request' | 'call.result' | 'definitions' | 'intent';

/** Such a wait takes longer than a decision may: the sensor hears first that it has to wait. */
export const waitsApart = (level: AckLevel): boolean =>
  level === 'integrated' || level === 'witnessed';

interface WritingOptions {
  readonly ledger: Ledger;
  readonly random: Random;
  readonly counts: Record<string, number>;
}

/** What the path of every observation writes to the ledger. */
export class Writing {
  readonly #options: WritingOptions;
  #last: Appended | undefined;
  #lost = false;

  constructor(options: WritingOptions) {
    this.#options = options;
  }

  /**
   * Resolves when all that was appended so far is on disk. Rejects as the ledger says, and with
   * DURABILITY_LOST once after something could not be written at all.
   */
  async settled(): Promise<void> {
    const lost = this.#lost;
    this.#lost = false;
    if (lost) throw new CodedError('DURABILITY_LOST');
    await this.#last?.durable();
  }

  /**
   * Undefined where the ledger cannot take it: that is counted and shown, and decided on by
   * `durably`.
   */
  append(kind: EntryKind, o: Observation, sealed: readonly SealedContent[]): Appended | undefined {
    return this.write(entryOf(kind, o), sealed);
  }

  write(entry: Entry, sealed: readonly SealedContent[] = []): Appended | undefined {
    const { ledger } = this.#options;
    try {
      const appended = ledger.append(entry, sealed);
      this.#last = appended ?? this.#last;
      this.#lost ||= appended === undefined;
      return appended;
    } catch {
      this.#lost = true;
      if (entry.kind === 'events.dropped') return undefined;
      count(this.#options.counts, 'notWritten');
      // Evidence that is missing is itself evidence.
      this.write({
        kind: 'events.dropped',
        seq: entry.seq ?? 0,
        detail: { kind: entry.kind, count: 1 },
      });
      return undefined;
    }
  }

  /**
   * A sensitive call goes on only with its entry as sure as that.
   *
   * @param withinMs Publication and witnesses have so long; the disk answers by itself.
   */
  async surely(
    appended: Appended | undefined,
    level: AckLevel,
    {
      decision,
      mode,
      withinMs,
      isClosed,
    }: { decision: Decision; mode: Mode; withinMs: number; isClosed: boolean },
  ): Promise<Decision> {
    try {
      if (appended === undefined) throw new CodedError('LEDGER_WRITE_FAILED');
      await appended.durable();
      if (waitsApart(level)) await appended.reached(level, AbortSignal.timeout(withinMs));
      return decision;
    } catch {
      count(this.#options.counts, 'notDurable');
      const isDenied = mode === 'enforce' && isClosed;
      // What a rule masks stays masked, whether it can be written down or not.
      if (!isDenied && decision.action === 'modify') return decision;
      return {
        action: isDenied ? 'deny' : 'allow',
        wanted: isClosed ? 'deny' : 'allow',
        rule: '',
        reason: isClosed ? 'durability' : 'fail-open',
        case: newCaseId(this.#options.random),
        mode,
        by: 'hub',
      };
    }
  }
}
