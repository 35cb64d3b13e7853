import { HIDDEN_KEY } from './places.ts';
import { isPlainKey } from './values.ts';

/** The way to the value that is being read, from which its path is built when someone asks. */
export class Trail {
  readonly #steps: (string | number)[] = [];
  /** Steps from here on are in JSON that stands in a text: names as they are, shown or not. */
  #embedded: number = Number.POSITIVE_INFINITY;

  push(step: string | number): void {
    this.#steps.push(step);
  }

  /** Replaces the last step. */
  turn(step: string | number): void {
    this.#steps[this.#steps.length - 1] = step;
  }

  pop(): void {
    this.#steps.pop();
  }

  /** Within `work`, steps belong to JSON that stands in the text here. */
  embed(work: () => void): void {
    this.#embedded = this.#steps.length;
    work();
    this.#embedded = Number.POSITIVE_INFINITY;
  }

  /** With positions, like `rows[3].email`. */
  path(): string {
    let path = '';
    for (let i = 0; i < this.#steps.length; i++) {
      const step = this.#steps[i] ?? '';
      if (typeof step === 'number') path += `[${step}]`;
      else if (i >= this.#embedded) path += `.${isPlainKey(step) ? step : HIDDEN_KEY}`;
      else path += path === '' ? step : `.${step}`;
    }
    return path;
  }
}
