import { nearest } from '@spoor/core';
import { matchesGlob } from '../tool/labeler.ts';
import { RuleFault } from './document.ts';
import type { Expression } from './expression.ts';

/**
 * Sigma's condition language: names of selections, `and`, `or`, `not`, parentheses, `1 of x*`, `all
 * of x*`, `1 of them`, `all of them`. `not` binds closest, then `and`, then `or`.
 */
export function parseCondition(
  text: string,
  selections: ReadonlyMap<string, Expression>,
  node: unknown,
): Expression {
  return new ConditionParser(text, selections, node).parse();
}

const DEPTH_MAX = 32;

class ConditionParser {
  readonly #tokens: readonly string[];
  readonly #selections: ReadonlyMap<string, Expression>;
  readonly #node: unknown;
  #next = 0;
  #depth = 0;

  constructor(text: string, selections: ReadonlyMap<string, Expression>, node: unknown) {
    this.#tokens = text.match(/[()]|[^\s()]+/g) ?? [];
    this.#selections = selections;
    this.#node = node;
  }

  parse(): Expression {
    const expression = this.#or();
    const rest = this.#tokens[this.#next];
    return rest === undefined ? expression : this.#fail(`“${rest}” is one word too many`);
  }

  #or(): Expression {
    const items = [this.#and()];
    while (this.#accept('or')) items.push(this.#and());
    return join('or', items);
  }

  #and(): Expression {
    const items = [this.#not()];
    while (this.#accept('and')) items.push(this.#not());
    return join('and', items);
  }

  #not(): Expression {
    if (this.#depth++ > DEPTH_MAX) this.#fail('nested too deeply');
    const expression: Expression = this.#accept('not')
      ? { op: 'not', item: this.#not() }
      : this.#primary();
    this.#depth--;
    return expression;
  }

  #primary(): Expression {
    if (this.#accept('(')) {
      const inner = this.#or();
      if (!this.#accept(')')) this.#fail('a parenthesis is not closed');
      return inner;
    }
    const token = this.#tokens[this.#next++];
    if (token === undefined) return this.#fail('it ends too early');
    const quantifier = token.toLowerCase();
    const quantified = quantifier === '1' || quantifier === 'any' || quantifier === 'all';
    if (quantified && this.#accept('of'))
      return this.#quantified(quantifier === 'all' ? 'and' : 'or');
    return this.#selection(token);
  }

  #quantified(op: 'and' | 'or'): Expression {
    const glob = this.#tokens[this.#next++] ?? '';
    const them = glob.toLowerCase() === 'them';
    const items = [...this.#selections]
      .filter(([name]) => (them ? !name.startsWith('_') : matchesGlob(glob, name)))
      .map(([, expression]) => expression);
    return items.length > 0 ? join(op, items) : this.#fail(`no selection is called “${glob}”`);
  }

  #selection(name: string): Expression {
    const names = [...this.#selections.keys()];
    return (
      this.#selections.get(name) ??
      this.#fail(`no selection is called “${name}”; did you mean “${nearest(name, names)}”?`)
    );
  }

  #accept(word: string): boolean {
    if (this.#tokens[this.#next]?.toLowerCase() !== word) return false;
    this.#next++;
    return true;
  }

  #fail(message: string): never {
    throw new RuleFault('condition', this.#node, `the condition cannot be read: ${message}`);
  }
}

function join(op: 'and' | 'or', items: readonly Expression[]): Expression {
  const [only] = items;
  return items.length === 1 && only ? only : { op, items };
}
