import {
  BUDGET_ACTIONS,
  BUDGET_SCOPES,
  type BudgetAction,
  type BudgetScope,
  DAY_MS,
  type Label,
  LIMITS,
  SPEND_PARTS,
  USAGE_NAMES,
  type UsageName,
} from '@spoor/core';
import { isScalar, isSeq, type YAMLMap } from 'yaml';
import { OwnerFile } from '../owner-file.ts';

/** What calls cost that it fits; globs know `*` only. In millionths of a unit. */
export interface CostRow {
  readonly server: string;
  readonly tool: string;
  /** Of these the tool has one; any tool, where there are none. */
  readonly labels: readonly Label[];
  readonly call: number;
  /** For each unit of what a result says was used. */
  readonly usage: readonly (readonly [UsageName, number])[];
}

export interface Budget {
  readonly name: string;
  readonly of: readonly BudgetScope[];
  readonly server: string;
  readonly tool: string;
  /** Windows begin at its multiples since 1970, in UTC; without one, nothing ever ends. */
  readonly windowMs?: number;
  /** In millionths of a unit. */
  readonly limit: number;
  readonly action: BudgetAction;
}

export interface BudgetsFile {
  /** The first that fits holds. Without any, each call costs one unit. */
  readonly costs: readonly CostRow[];
  readonly budgets: readonly Budget[];
}

export const NO_BUDGETS: BudgetsFile = { costs: [], budgets: [] };

/**
 * Reads the owner's file:
 *
 *     costs:
 *       - tool: "render_*"
 *         call: 5
 *         usage: { output_tokens: 0.002 }
 *     budgets:
 *       - { name: daily, of: [principal], window: 1d, limit: 100, action: deny }
 *
 * Throws `BUDGETS_INVALID` with path, line and column.
 */
export function parseBudgets(text: string, path: string): BudgetsFile {
  return new Reader(text, path).read();
}

const MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS };
const WINDOW_MAX_MS = 366 * DAY_MS;

class Reader {
  readonly #file: OwnerFile;

  constructor(text: string, path: string) {
    this.#file = new OwnerFile(text, path, 'BUDGETS_INVALID');
  }

  read(): BudgetsFile {
    const root = this.#file.root();
    if (root === undefined) return NO_BUDGETS;
    const map = this.#file.map(root, ['costs', 'budgets']);
    const budgets = this.#list(map, 'budgets').map((item) => this.#budget(item));
    const names = new Set<string>();
    for (const { name } of budgets) {
      if (names.has(name)) this.#file.fail(map.get('budgets', true), `two budgets “${name}”`);
      names.add(name);
    }
    return { costs: this.#list(map, 'costs').map((item) => this.#cost(item)), budgets };
  }

  #cost(item: unknown): CostRow {
    const map = this.#file.map(item, ['server', 'tool', 'labels', 'call', 'usage']);
    const usage = map.get('usage', true);
    if (!map.has('call') && usage === undefined)
      this.#file.fail(item, 'a cost has `call`, `usage` or both');
    return {
      ...this.#globs(map),
      labels: this.#file.labels(map, 'labels'),
      call: map.has('call') ? this.#amount(map.get('call', true)) : 0,
      usage:
        usage === undefined
          ? []
          : this.#file
              .map(usage, USAGE_NAMES)
              .items.map(({ key, value }) => [
                String(isScalar(key) ? key.value : '') as UsageName,
                this.#amount(value),
              ]),
    };
  }

  #budget(item: unknown): Budget {
    const keys = ['name', 'of', 'server', 'tool', 'window', 'limit', 'action'];
    const map = this.#file.map(item, keys);
    const name = map.get('name', true);
    const text = isScalar(name) ? name.value : undefined;
    if (typeof text !== 'string' || !/^[a-z0-9][a-z0-9-]{0,31}$/.test(text))
      return this.#file.fail(name ?? item, '`name` is small letters, digits and hyphens');
    if (!map.has('limit')) this.#file.fail(item, '`limit` is missing');
    return {
      name: text,
      of: this.#words(map, 'of', BUDGET_SCOPES),
      ...this.#globs(map),
      ...this.#window(map.get('window', true)),
      limit: this.#amount(map.get('limit', true)),
      action: this.#action(map.get('action', true)),
    };
  }

  #action(node: unknown): BudgetAction {
    if (node === undefined) return 'alert';
    const found = BUDGET_ACTIONS.find((one) => isScalar(node) && node.value === one);
    return found ?? this.#file.fail(node, `\`action\` is ${BUDGET_ACTIONS.join(', ')}`);
  }

  #window(node: unknown): { readonly windowMs?: number } {
    if (node === undefined) return {};
    const [, count, unit = ''] =
      /^(\d{1,5})([mhd])$/.exec(String(isScalar(node) && node.value)) ?? [];
    const windowMs = Number(count) * (MS[unit] ?? Number.NaN);
    if (windowMs > 0 && windowMs <= WINDOW_MAX_MS) return { windowMs };
    return this.#file.fail(node, '`window` is a number and m, h or d, up to 366d: 1d');
  }

  #amount(node: unknown): number {
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && value >= 0 && value <= LIMITS.usageMax)
      return Math.round(value * SPEND_PARTS);
    return this.#file.fail(node, `an amount is a number from 0 to ${LIMITS.usageMax}`);
  }

  #words<Word extends string>(map: YAMLMap, key: string, words: readonly Word[]): readonly Word[] {
    const node = map.get(key, true);
    if (node === undefined) return [];
    if (!isSeq(node)) return this.#file.fail(node, `\`${key}\` is a list`);
    return node.items.map((item) => {
      const found = words.find((word) => isScalar(item) && item.value === word);
      return found ?? this.#file.fail(item, `\`${key}\` lists ${words.join(', ')}`);
    });
  }

  #globs(map: YAMLMap): { readonly server: string; readonly tool: string } {
    return {
      server: this.#file.glob(map.get('server', true)),
      tool: this.#file.glob(map.get('tool', true)),
    };
  }

  #list(map: YAMLMap, key: string): readonly unknown[] {
    const items = this.#file.list(map, key);
    if (items.length <= LIMITS.budgetsMax) return items;
    const node = map.get(key, true);
    return this.#file.fail(node, `\`${key}\` has at most ${LIMITS.budgetsMax} items`);
  }
}
