import {
  type BaselineSummary,
  type BaselineView,
  type BudgetView,
  CodedError,
  systemClock,
} from '@spoor/core';
import { type BaselineOptions, type BudgetsFile, type NormRow, Norms } from '@spoor/detect';
import type { Entry } from '@spoor/ledger';
import type { RecordBatch } from '../bus.ts';

export type NormQuestion =
  | { readonly kind: 'budget.list' }
  | { readonly kind: 'baseline.list' }
  | ({ readonly kind: 'baseline.show' } & ToolName)
  | ({ readonly kind: 'baseline.lock' } & ToolName)
  | ({
      readonly kind: 'baseline.relearn';
      /** From nothing. */
      readonly forget: boolean;
      /** It locks by itself again. */
      readonly locksItself: boolean;
    } & ToolName);

interface ToolName {
  readonly server: string;
  readonly tool: string;
}

interface Keeping {
  readonly record: (part: Partial<RecordBatch>) => void;
  readonly note: (entry: Entry) => void;
  /** Records that the store has lost so far. */
  readonly unstored: number;
}

const HOUR_MS = 3_600_000;

/** As the settings have it. */
const DEFAULTS: BaselineOptions = { lockThemselves: true, calls: 200, spanMs: 168 * HOUR_MS };

/** What is usual, kept in the store, shown to its owner and changed by that one alone. */
export class NormKeeper {
  readonly norms: Norms;
  #unstored = 0;

  constructor(
    options: BaselineOptions = DEFAULTS,
    budgets?: BudgetsFile,
    rows: readonly NormRow[] = [],
  ) {
    this.norms = new Norms(options, budgets);
    this.norms.restore(rows);
  }

  get counts(): Readonly<Record<string, number>> {
    return { ...this.norms.baselines.counts, ...this.norms.budgets.counts };
  }

  /**
   * Writes some of what has changed; of everything, where the store may have lost something of it.
   * Returns false where there was nothing left.
   */
  keep({ record, note, unstored }: Keeping): boolean {
    for (const { server, tool, calls } of this.norms.baselines.takeLocked())
      note(changed({ server, tool }, 'lock', { by: 'itself', calls }));
    if (unstored > this.#unstored) this.norms.markAll();
    this.#unstored = unstored;
    const rows = this.norms.takeRows();
    if (rows.length > 0) record({ norms: rows });
    return rows.length > 0;
  }

  /** Throws BASELINE_UNKNOWN. */
  answer(
    question: NormQuestion,
    note: (entry: Entry) => void,
  ): readonly BaselineSummary[] | readonly BudgetView[] | BaselineView {
    const { baselines } = this.norms;
    switch (question.kind) {
      case 'budget.list':
        return this.norms.budgets.views(systemClock.nowMs());
      case 'baseline.list':
        return baselines.list();
      case 'baseline.show':
        return this.#show(question);
      case 'baseline.lock': {
        const { calls } = this.#show(question);
        baselines.lock(question.server, question.tool, systemClock.nowMs());
        note(changed(question, 'lock', { by: 'owner', calls }));
        return this.#show(question);
      }
      case 'baseline.relearn': {
        const { calls } = this.#show(question);
        const { server, tool, forget, locksItself } = question;
        baselines.relearn(server, tool, { forget, locksItself });
        note(changed(question, 'relearn', { by: 'owner', calls, forget, locksItself }));
        return this.#show(question);
      }
    }
  }

  #show({ server, tool }: ToolName): BaselineView {
    const view = this.norms.baselines.show(server, tool);
    if (view === undefined) throw new CodedError('BASELINE_UNKNOWN', `${server}/${tool}`);
    return view;
  }
}

const changed = (
  { server, tool }: ToolName,
  what: 'lock' | 'relearn',
  more: Readonly<Record<string, string | number | boolean>>,
): Entry => ({
  kind: 'config.changed',
  detail: { what: `baseline.${what}`, server, tool, ...more },
});
