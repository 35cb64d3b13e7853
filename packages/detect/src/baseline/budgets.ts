import {
  type BudgetScope,
  type BudgetView,
  type Label,
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
import { ByTool } from './by-tool.ts';
import { taken } from './taken.ts';

/** What was spent of one budget, by one group, in one window. In millionths of a unit. */
export interface StoredSum {
  readonly budget: string;
  readonly group: readonly string[];
  readonly sinceMs?: number;
  readonly spent: number;
  readonly lastMs: number;
  /** Place of the newest observation that is in it. */
  readonly seq: number;
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
  readonly key: string;
  spent: number;
  lastMs: number;
  seq: number;
  readonly restoredSeq: number;
  /** Which charge of all was its last. */
  charge: number;
}

/** What the file says of one tool. */
interface Plan {
  readonly labels: readonly Label[];
  readonly row: CostRow | undefined;
  readonly byUse: boolean;
  readonly budgets: readonly Planned[];
}

type Planned = Budget & { readonly identity: string };

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
  readonly #budgets: readonly Planned[];
  readonly #plans = new ByTool<Plan>();
  readonly #sums = new Map<string, Sum>();
  readonly #changed = new Set<Sum>();
  /** Keys of sums that are gone. */
  readonly #forgotten = new Set<string>();
  #charges = 0;
  #dropped = 0;

  constructor(file: BudgetsFile) {
    this.#file = file;
    this.#budgets = file.budgets.map((budget) => ({ ...budget, identity: identityOf(budget) }));
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
    const { row, byUse, budgets } = this.#planOf(observation.server.name, tool);
    if (before !== undefined && !byUse) return { ...before, charged: 0 };
    const used = PENDING.has(outcome) ? 0 : usedBy(row, facts.result?.usage);
    if (before !== undefined && used === 0) return { ...before, charged: 0 };
    const charged = used + (before === undefined ? this.#callCost(row) : 0);
    const cost = charged + (before === undefined ? 0 : Math.round(before.cost * SPEND_PARTS));
    const over = overOf(budgets, this.#sums, { spender: spenderOf(observation), charged, byUse });
    return {
      cost: cost / SPEND_PARTS,
      charged: charged / SPEND_PARTS,
      ...(over.length > 0 && { over }),
    };
  }

  take(observation: Observation): void {
    const { spend } = observation.facts;
    if (spend !== undefined) this.charge(observation.seq, spenderOf(observation), spend.charged);
  }

  /** @param units of what a call costs */
  charge(seq: number, spender: Spender, units: number): void {
    const amount = Math.round(units * SPEND_PARTS);
    if (amount === 0) return;
    for (const budget of this.#planOf(spender.server, { name: spender.tool }).budgets) {
      const key = keyOf(budget, spender);
      let sum = this.#sums.get(key);
      if (sum === undefined) {
        sum = newSum(budget, spender, key);
        this.#sums.set(key, sum);
      }
      if (seq <= sum.restoredSeq) continue;
      sum.seq = Math.max(sum.seq, seq);
      sum.spent += amount;
      sum.charge = ++this.#charges;
      if (spender.atMs > sum.lastMs) sum.lastMs = spender.atMs;
      this.#changed.add(sum);
    }
    if (this.#sums.size > LIMITS.budgetSumsMax) this.#trim(spender.atMs);
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

  get changed(): number {
    return Math.max(this.#changed.size, this.#forgotten.size);
  }

  /** What has changed: some of it, and the rest when it is asked for again. */
  takeRows(max: number): readonly SpendRow[] {
    const gone = taken(this.#forgotten, max).filter((key) => !this.#sums.has(key));
    const changed = taken(this.#changed, max).filter((sum) => this.#sums.get(sum.key) === sum);
    return [
      ...gone.map((key) => ({ kind: 'spend' as const, key })),
      ...changed.map(({ key, charge: _, restoredSeq: __, ...value }) => {
        return { kind: 'spend' as const, key, value };
      }),
    ];
  }

  /** Everything counts as changed. */
  markAll(): void {
    for (const sum of this.#sums.values()) this.#changed.add(sum);
  }

  /** Sums of budgets that are gone, or are counted otherwise now, are left out. */
  restore(rows: readonly SpendRow[]): void {
    const known = new Set(this.#budgets.map(({ identity }) => identity));
    const inOrder = rows
      .flatMap(({ key, value }) => (value === undefined ? [] : [{ ...value, key }]))
      .sort((a, b) => a.lastMs - b.lastMs);
    for (const sum of inOrder) {
      const counted = known.has(sum.key.split('\n', 1)[0] ?? '');
      if (counted)
        this.#sums.set(sum.key, { ...sum, restoredSeq: sum.seq, charge: ++this.#charges });
      else this.#forgotten.add(sum.key);
    }
  }

  get counts(): { readonly budgetSums: number; readonly budgetSumsDropped: number } {
    return { budgetSums: this.#sums.size, budgetSumsDropped: this.#dropped };
  }

  /** Of a tool whose labels are not told, as they were last. */
  #planOf(
    server: string,
    tool: { readonly name: string; readonly labels?: readonly Label[] },
  ): Plan {
    const known = this.#plans.get(server, tool.name);
    const { labels = known?.labels ?? [] } = tool;
    if (known !== undefined && isSame(known.labels, labels)) return known;
    const row = this.#file.costs.find(
      (one) =>
        fits(one.server, server) &&
        fits(one.tool, tool.name) &&
        (one.labels.length === 0 || one.labels.some((label) => labels.includes(label))),
    );
    const budgets = this.#budgets.filter(
      (one) => fits(one.server, server) && fits(one.tool, tool.name),
    );
    const plan = { labels, row, byUse: (row?.usage.length ?? 0) > 0, budgets };
    // It can be made again.
    if (this.#plans.size >= LIMITS.baselineToolsMax) this.#plans.clear();
    this.#plans.set(server, tool.name, plan);
    return plan;
  }

  #callCost(row: CostRow | undefined): number {
    return this.#file.costs.length === 0 ? SPEND_PARTS : (row?.call ?? 0);
  }

  /** What is of no use goes, then what was longest without a charge. */
  #trim(atMs: number): void {
    const windows = new Map(this.#budgets.map(({ name, windowMs }) => [name, windowMs]));
    for (const sum of this.#sums.values()) {
      if (isOver(sum, windows.get(sum.budget), atMs)) this.#forget(sum.key);
    }
    const excess = this.#sums.size - KEPT_WHEN_FULL;
    if (this.#sums.size <= LIMITS.budgetSumsMax) return;
    const oldest = [...this.#sums.values()].sort((a, b) => a.charge - b.charge);
    for (const { key } of oldest.slice(0, excess)) this.#forget(key);
    this.#dropped += excess;
  }

  #forget(key: string): void {
    this.#sums.delete(key);
    this.#forgotten.add(key);
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

interface Asking {
  readonly spender: Spender;
  readonly charged: number;
  /** What is priced by use may cost nothing when it is asked for: then it needs something left. */
  readonly byUse: boolean;
}

function overOf(
  budgets: readonly Planned[],
  sums: ReadonlyMap<string, Sum>,
  { spender, charged, byUse }: Asking,
): OverBudget[] {
  const over: OverBudget[] = [];
  if (charged === 0 && !byUse) return over;
  for (const budget of budgets) {
    const { name, action, limit, of } = budget;
    const spent = sums.get(keyOf(budget, spender))?.spent ?? 0;
    if (spent + charged <= limit && (charged > 0 || spent < limit)) continue;
    const sinceMs = windowOf(budget, spender.atMs);
    const known = { name, action, spent: spent / SPEND_PARTS, limit: limit / SPEND_PARTS, of };
    over.push({ ...known, ...(sinceMs === undefined ? {} : { sinceMs }) });
  }
  return over;
}

const isSame = (some: readonly Label[], others: readonly Label[]): boolean =>
  some === others ||
  (some.length === others.length && some.every((label, i) => label === others[i]));

const fits = (glob: string, name: string): boolean => glob === '*' || matchesGlob(glob, name);

const windowOf = ({ windowMs }: Budget, atMs: number): number | undefined =>
  windowMs === undefined ? undefined : Math.floor(atMs / windowMs) * windowMs;

const isOver = ({ sinceMs }: StoredSum, windowMs: number | undefined, atMs: number): boolean =>
  sinceMs !== undefined && windowMs !== undefined && sinceMs + windowMs <= atMs;

/** A tool is one of its server. */
const nameOf = (scope: BudgetScope, spender: Spender): string =>
  scope === 'tool' ? `${spender.server}/${spender.tool}` : spender[scope];

/** With another window or of others, the sums mean something else. */
const identityOf = ({ name, of, windowMs = 0 }: Budget): string =>
  `${name} ${windowMs} ${of.join()}`;

function keyOf(budget: Planned, spender: Spender): string {
  let key = `${budget.identity}\n${windowOf(budget, spender.atMs) ?? ''}`;
  for (const scope of budget.of) key += `\n${nameOf(scope, spender)}`;
  return key;
}

function newSum(budget: Budget, spender: Spender, key: string): Sum {
  const sinceMs = windowOf(budget, spender.atMs);
  return {
    key,
    budget: budget.name,
    group: budget.of.map((scope) => nameOf(scope, spender)),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    spent: 0,
    lastMs: 0,
    seq: 0,
    restoredSeq: 0,
    charge: 0,
  };
}
