/** What calls cost, in units of their owner's choice, and what may be spent. */

/** Sums are whole numbers of parts, so that they are exact: a unit has so many. */
export const SPEND_PARTS = 1_000_000;

export const USAGE_NAMES = ['input_tokens', 'output_tokens', 'total_tokens', 'cost'] as const;
/** What a result may say was used for it; `cost` in whatever unit its server counts. */
export type UsageName = (typeof USAGE_NAMES)[number];
export type Usage = Readonly<Partial<Record<UsageName, number>>>;

export const BUDGET_ACTIONS = ['alert', 'ask', 'deny'] as const;
export type BudgetAction = (typeof BUDGET_ACTIONS)[number];

export const BUDGET_SCOPES = ['session', 'principal', 'server', 'tool'] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

export interface SpendFacts {
  /** What the call costs, as far as that is known: at its end with what its result used. */
  readonly cost: number;
  /** What this observation adds to what is spent; a call has two. */
  readonly charged: number;
  /** Budgets that do not have it left. */
  readonly over?: readonly OverBudget[];
}

/** A budget whose limit a call passes, with what was spent before it. */
export interface OverBudget {
  readonly name: string;
  readonly action: BudgetAction;
  readonly spent: number;
  readonly limit: number;
  /** Whose it is: `session`, `principal` …, as named in the budget. */
  readonly of: readonly BudgetScope[];
  /** Where its window began; absent where it has none. */
  readonly sinceMs?: number;
}

export interface BudgetView {
  readonly name: string;
  readonly action: BudgetAction;
  readonly limit: number;
  readonly of: readonly BudgetScope[];
  readonly windowMs?: number;
  /** The fullest first. */
  readonly states: readonly BudgetStateView[];
  /** States beyond those that are shown. */
  readonly more: number;
}

export interface BudgetStateView {
  /** By scope: the session, principal, server or tool. */
  readonly group: Readonly<Partial<Record<BudgetScope, string>>>;
  readonly spent: number;
  readonly left: number;
  readonly sinceMs?: number;
  readonly lastMs: number;
}
