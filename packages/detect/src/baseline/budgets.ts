import {
  type BudgetScope,
  type BudgetView,
  LIMITS,
  type Observation,
  type OverBudget,
  SPEND_PARTS,
  type SpendFacts,
  type Usage,
} from '@spoor/core';
import { timeOf } from '../engine/states.ts';
import { matchesGlob } from '../tool/labeler.ts';
import type { Budget, BudgetsFile, CostRow } from './budgets-file.ts';

/** What was spent of one budget, by one group, in one window. In millionths of a unit. */
export interface StoredSum {
  readonly budget: string;
  readonly group: readonly string[];
  readonly sinceMs?: number;
  readonly spent: number;
  readonly lastMs: number;
}

export interface SpendRow {
  readonly kind: 'spend';
  readonly key: string;
  /** None where the sum is of no use any more. */
  readonly value?: StoredSum;
}

/** Whom a charge is for: what a ledger's entry knows of a call, too. */
export interface Spender {
  readonly session: string;
  readonly principal: string;
  readonly server: string;
  readonly tool: string;
  readonly atMs: number;
}

interface Sum extends StoredSum {
  spent: number;
  lastMs: number;
}

/** Room is made for many at once, so that it costs each charge little. */
const KEPT_WHEN_FULL = Math.floor(LIMITS.budgetSumsMax * 0.9);

/** Not over: its result does not stand yet. */
const PENDING: ReadonlySet<string> = new Set(['pending', 'input_required']);

/**
 * What calls cost, summed up exactly: in whole millionths of a unit, charged when a call goes on
 * and, by what was used, when it has ended. What was spent is never given back.
 */
export class Budgets {
  readonly #file: BudgetsFile;
  /** The longest without a charge first. */
  readonly #sums = new Map<string, Sum>();
  readonly #changed = new Set<string>();
  #dropped = 0;

  constructor(file: BudgetsFile) {
    this.#file = file;
  }

  /** Is anything counted at all? */
  get any(): boolean {
    return this.#file.budgets.length > 0;
  }

  /**
   * What a call costs, and the budgets whose limit it passes; undefined where nobody counts it.
   *
   * @param before what was said of it when it was asked for
   */
  of(observation: Observation, before?: SpendFacts): SpendFacts | undefined {
    const { kind, tool, outcome, facts } = observation;
    if (kind !== 'tool.call' || tool === undefined || !this.any) return undefined;
    const row = this.#rowOf(observation);
    const used = PENDING.has(outcome) ? 0 : usedBy(row, facts.result?.usage);
    const asked = before === undefined ? this.#callCost(row) : 0;
    const charged = asked + used;
    const cost = (before === undefined ? 0 : Math.round(before.cost * SPEND_PARTS)) + charged;
    const byUse = (row?.usage.length ?? 0) > 0;
    const over =
      before !== undefined && used === 0
        ? before.over
        : this.#over(spenderOf(observation), charged, byUse);
    return {
      cost: cost / SPEND_PARTS,
      charged: charged / SPEND_PARTS,
      ...(over !== undefined && over.length > 0 && { over }),
    };
  }

  take(observation: Observation): void {
    const { spend } = observation.facts;
    if (spend !== undefined) this.charge(spenderOf(observation), spend.charged);
  }

  /** @param units of what a call costs */
  charge(spender: Spender, units: number): void {
    const amount = Math.round(units * SPEND_PARTS);
    if (amount === 0) return;
    for (const budget of this.#file.budgets) {
      if (!isFor(budget, spender)) continue;
      const key = keyOf(budget, spender);
      const sum = this.#sums.get(key) ?? newSum(budget, spender);
      sum.spent += amount;
      sum.lastMs = Math.max(sum.lastMs, spender.atMs);
      this.#sums.delete(key);
      this.#sums.set(key, sum);
      this.#changed.add(key);
    }
    this.#trim(spender.atMs);
  }

  views(atMs: number): readonly BudgetView[] {
    const byBudget = Map.groupBy(this.#sums.values(), ({ budget }) => budget);
    return this.#file.budgets.map(({ name, action, limit, of, windowMs }) => {
      const sums = (byBudget.get(name) ?? [])
        .filter((sum) => !isOver(sum, windowMs, atMs))
        .sort((a, b) => b.spent - a.spent);
      return {
        name,
        action,
        limit: limit / SPEND_PARTS,
        of,
        ...(windowMs === undefined ? {} : { windowMs }),
        states: sums.slice(0, LIMITS.budgetSumsShownMax).map((sum) => ({
          group: Object.fromEntries(of.map((scope, i) => [scope, sum.group[i] ?? ''])),
          spent: sum.spent / SPEND_PARTS,
          left: Math.max(0, limit - sum.spent) / SPEND_PARTS,
          ...(sum.sinceMs === undefined ? {} : { sinceMs: sum.sinceMs }),
          lastMs: sum.lastMs,
        })),
        more: Math.max(0, sums.length - LIMITS.budgetSumsShownMax),
      };
    });
  }

  takeRows(all = false): readonly SpendRow[] {
    const keys = all ? [...this.#sums.keys()] : [...this.#changed];
    this.#changed.clear();
    return keys.map((key) => {
      const sum = this.#sums.get(key);
      return { kind: 'spend', key, ...(sum === undefined ? {} : { value: { ...sum } }) };
    });
  }

  /** Sums of budgets that are gone, or are counted otherwise now, are left out. */
  restore(rows: readonly SpendRow[]): void {
    const known = rows.flatMap(({ key, value }) => (value ? [{ key, value }] : []));
    known.sort((a, b) => a.value.lastMs - b.value.lastMs);
    const budgets = new Set(this.#file.budgets.map(identityOf));
    for (const { key, value } of known) {
      if (budgets.has(key.split('\n', 1)[0] ?? '')) this.#sums.set(key, { ...value });
      else this.#changed.add(key);
    }
  }

  get counts(): { readonly budgetSums: number; readonly budgetSumsDropped: number } {
    return { budgetSums: this.#sums.size, budgetSumsDropped: this.#dropped };
  }

  #rowOf({ server, tool }: Observation): CostRow | undefined {
    const name = tool?.name ?? '';
    return this.#file.costs.find(
      (row) =>
        fits(row.server, server.name) &&
        fits(row.tool, name) &&
        (row.labels.length === 0 || row.labels.some((label) => tool?.labels.includes(label))),
    );
  }

  #callCost(row: CostRow | undefined): number {
    return this.#file.costs.length === 0 ? SPEND_PARTS : (row?.call ?? 0);
  }

  /** What is priced by use may cost nothing when it is asked for: then it needs something left. */
  #over(spender: Spender, charged: number, byUse: boolean): OverBudget[] {
    if (charged === 0 && !byUse) return [];
    const over: OverBudget[] = [];
    for (const budget of this.#file.budgets) {
      if (!isFor(budget, spender)) continue;
      const { name, action, limit, of } = budget;
      const spent = this.#sums.get(keyOf(budget, spender))?.spent ?? 0;
      if (spent + charged <= limit && (charged > 0 || spent < limit)) continue;
      const sinceMs = windowOf(budget, spender.atMs);
      const known = { name, action, spent: spent / SPEND_PARTS, limit: limit / SPEND_PARTS, of };
      over.push({ ...known, ...(sinceMs === undefined ? {} : { sinceMs }) });
    }
    return over;
  }

  /** What is of no use goes first, then what was longest without a charge. */
  #trim(atMs: number): void {
    if (this.#sums.size <= LIMITS.budgetSumsMax) return;
    const windows = new Map(this.#file.budgets.map(({ name, windowMs }) => [name, windowMs]));
    for (const [key, sum] of this.#sums) {
      if (isOver(sum, windows.get(sum.budget), atMs)) this.#forget(key);
    }
    for (const key of this.#sums.keys()) {
      if (this.#sums.size <= KEPT_WHEN_FULL) break;
      this.#forget(key);
      this.#dropped++;
    }
  }

  #forget(key: string): void {
    this.#sums.delete(key);
    this.#changed.add(key);
  }
}

function usedBy(row: CostRow | undefined, usage: Usage | undefined): number {
  if (row === undefined || usage === undefined) return 0;
  return row.usage.reduce((sum, [name, price]) => sum + Math.round((usage[name] ?? 0) * price), 0);
}

const spenderOf = (observation: Observation): Spender => ({
  session: observation.session.id,
  principal: observation.principal.pseudonym,
  server: observation.server.name,
  tool: observation.tool?.name ?? '',
  atMs: timeOf(observation),
});

const isFor = (budget: Budget, { server, tool }: Spender): boolean =>
  fits(budget.server, server) && fits(budget.tool, tool);

const fits = (glob: string, name: string): boolean => glob === '*' || matchesGlob(glob, name);

const windowOf = ({ windowMs }: Budget, atMs: number): number | undefined =>
  windowMs === undefined ? undefined : Math.floor(atMs / windowMs) * windowMs;

const isOver = ({ sinceMs }: StoredSum, windowMs: number | undefined, atMs: number): boolean =>
  sinceMs !== undefined && windowMs !== undefined && sinceMs + windowMs <= atMs;

/** A tool is one of its server. */
const groupOf = ({ of }: Budget, spender: Spender): readonly string[] =>
  of.map((scope: BudgetScope) =>
    scope === 'tool' ? `${spender.server}/${spender.tool}` : spender[scope],
  );

/** With another window or of others, the sums mean something else. */
const identityOf = ({ name, of, windowMs = 0 }: Budget): string =>
  `${name} ${windowMs} ${of.join()}`;

const keyOf = (budget: Budget, spender: Spender): string =>
  [identityOf(budget), windowOf(budget, spender.atMs) ?? '', ...groupOf(budget, spender)].join(
    '\n',
  );

function newSum(budget: Budget, spender: Spender): Sum {
  const sinceMs = windowOf(budget, spender.atMs);
  return {
    budget: budget.name,
    group: groupOf(budget, spender),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    spent: 0,
    lastMs: 0,
  };
}
