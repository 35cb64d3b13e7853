import { RuleFault } from './document.ts';

/** `and`, `or` and `not` over anything that has a name. */
export type Formula<Leaf> =
  | { readonly op: 'and' | 'or'; readonly items: readonly Formula<Leaf>[] }
  | { readonly op: 'not'; readonly item: Formula<Leaf> }
  | { readonly op: 'leaf'; readonly leaf: Leaf };

/** What the names of a condition stand for; a fault is what is wrong with the word. */
export interface Names<Leaf> {
  named(name: string): Leaf | string;
  /** `1 of` and `all of`; absent where there is no such thing. */
  quantified?(pattern: string): readonly Leaf[] | string;
}

/**
 * Sigma's conditions: names, `and`, `or`, `not`, parentheses, `1 of x*`, `all of x*`, `1 of them`.
 * `not` binds closest, then `and`, then `or`.
 */
export function parseFormula<Leaf>(text: string, names: Names<Leaf>, node: unknown): Formula<Leaf> {
  return new FormulaParser(text, names, node).parse();
}

const DEPTH_MAX = 32;
/** Far beyond what a person writes. */
const WORDS_MAX = 1_000;

interface Token {
  readonly word: string;
  readonly at: number;
}

class FormulaParser<Leaf> {
  readonly #tokens: readonly Token[];
  readonly #names: Names<Leaf>;
  readonly #node: unknown;
  readonly #text: string;
  #next = 0;
  #depth = 0;

  constructor(text: string, names: Names<Leaf>, node: unknown) {
    this.#tokens = [...text.matchAll(/[()|]|[^\s()|]+/g)].map(({ 0: word, index }) => ({
      word,
      at: index,
    }));
    this.#text = text;
    this.#names = names;
    this.#node = node;
  }

  parse(): Formula<Leaf> {
    if (this.#tokens.length > WORDS_MAX) this.#fail(`it has more than ${WORDS_MAX} words`);
    const formula = this.#or();
    const rest = this.#tokens[this.#next];
    if (rest === undefined) return formula;
    if (rest.word === '|')
      return this.#fail('aggregations after “|” are no part of Sigma 2; write a correlation');
    return this.#fail(`“${rest.word}” is one word too many`);
  }

  #or(): Formula<Leaf> {
    const items = [this.#and()];
    while (this.#accept('or')) items.push(this.#and());
    return join('or', items);
  }

  #and(): Formula<Leaf> {
    const items = [this.#not()];
    while (this.#accept('and')) items.push(this.#not());
    return join('and', items);
  }

  #not(): Formula<Leaf> {
    if (this.#depth++ > DEPTH_MAX) this.#fail('nested too deeply');
    const formula: Formula<Leaf> = this.#accept('not')
      ? { op: 'not', item: this.#not() }
      : this.#primary();
    this.#depth--;
    return formula;
  }

  #primary(): Formula<Leaf> {
    if (this.#accept('(')) {
      const inner = this.#or();
      if (!this.#accept(')')) this.#fail('a parenthesis is not closed');
      return inner;
    }
    const token = this.#tokens[this.#next];
    if (token === undefined || token.word === ')' || token.word === '|')
      return this.#fail('it ends too early');
    this.#next++;
    const word = token.word.toLowerCase();
    if (OPERATORS.has(word)) return this.#fail(`“${word}” joins nothing here`, token);
    if (this.#names.quantified && this.#accept('of')) return this.#quantified(word, token);
    return this.#leaf(this.#names.named(token.word), token);
  }

  #quantified(quantifier: string, first: Token): Formula<Leaf> {
    if (quantifier !== '1' && quantifier !== 'any' && quantifier !== 'all')
      this.#fail(`“${quantifier} of” is none of “1 of”, “any of” and “all of”`, first);
    const token = this.#tokens[this.#next++];
    if (token === undefined) return this.#fail('it ends too early');
    const found = this.#names.quantified?.(token.word) ?? [];
    if (typeof found === 'string') return this.#fail(found, token);
    return join(
      quantifier === 'all' ? 'and' : 'or',
      found.map((leaf) => ({ op: 'leaf', leaf })),
    );
  }

  #leaf(found: Leaf | string, token: Token): Formula<Leaf> {
    if (typeof found === 'string') return this.#fail(found, token);
    return { op: 'leaf', leaf: found };
  }

  #accept(word: string): boolean {
    if (this.#tokens[this.#next]?.word.toLowerCase() !== word) return false;
    this.#next++;
    return true;
  }

  #fail(message: string, token = this.#tokens[this.#next]): never {
    const said = `the condition cannot be read: ${message}`;
    const at = token?.at ?? this.#text.length;
    throw new RuleFault('condition', this.#node, said, this.#offset(at));
  }

  /** Only text on one line stands in the file as it was read. */
  #offset(at: number): number {
    const { source, type } = (this.#node ?? {}) as { source?: string; type?: string };
    if (source !== this.#text) return 0;
    return at + (type?.startsWith('QUOTE') === true ? 1 : 0);
  }
}

const OPERATORS: ReadonlySet<string> = new Set(['and', 'or']);

function join<Leaf>(op: 'and' | 'or', items: readonly Formula<Leaf>[]): Formula<Leaf> {
  const [only] = items;
  return items.length === 1 && only ? only : { op, items };
}
