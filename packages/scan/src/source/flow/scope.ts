import type { Value } from './value.ts';

/** Names that a block binds, with the block around it. */
export class Scope {
  readonly #names = new Map<string, Value>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  find(name: string): Value | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#outer) {
      const value = scope.#names.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  declare(name: string, value: Value): void {
    this.#names.set(name, value);
  }

  /** Into the block that has the name; a name nobody has is the outermost block's. */
  assign(name: string, value: Value): void {
    let scope: Scope = this;
    while (!scope.#names.has(name) && scope.#outer !== undefined) scope = scope.#outer;
    scope.#names.set(name, value);
  }

  own(name: string): Value | undefined {
    return this.#names.get(name);
  }
}
