/** Places are doubled where more than half of them are taken. */
const PLACES_MIN = 64;

/** A map of 32-bit prints, none of them 0, to 32-bit numbers, in eight bytes a place. */
class Table {
  size = 0;
  #places = PLACES_MIN;
  #cells = new Uint32Array(2 * PLACES_MIN);

  /** Where the print stands, or would stand. */
  #cellOf(print: number): number {
    // Prints are hashes, so their low bits serve.
    let place = print & (this.#places - 1);
    for (;;) {
      const held = this.#cells[2 * place];
      if (held === print || held === 0) return 2 * place;
      place = (place + 1) & (this.#places - 1);
    }
  }

  get(print: number): number | undefined {
    const cell = this.#cellOf(print);
    return this.#cells[cell] === print ? this.#cells[cell + 1] : undefined;
  }

  set(print: number, value: number): void {
    const cell = this.#cellOf(print);
    if (this.#cells[cell] === 0) this.size++;
    this.#cells[cell] = print;
    this.#cells[cell + 1] = value;
    if (2 * this.size > this.#places) this.#grow();
  }

  #grow(): void {
    const old = this.#cells;
    this.#places *= 2;
    this.#cells = new Uint32Array(2 * this.#places);
    this.size = 0;
    for (let i = 0; i < old.length; i += 2) {
      const print = old[i] ?? 0;
      if (print !== 0) this.set(print, old[i + 1] ?? 0);
    }
  }

  *entries(): Generator<readonly [number, number]> {
    for (let i = 0; i < this.#cells.length; i += 2) {
      const print = this.#cells[i] ?? 0;
      if (print !== 0) yield [print, this.#cells[i + 1] ?? 0];
    }
  }
}

/**
 * Numbers by print, at most so many: when half of them are newer than the rest, the rest goes. What
 * was there first stays.
 */
export class Prints {
  #old = new Table();
  #new = new Table();
  dropped = 0;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#old.size + this.#new.size;
  }

  get(print: number): number | undefined {
    return this.#new.get(print) ?? this.#old.get(print);
  }

  add(print: number, value: number): void {
    if (print === 0 || this.get(print) !== undefined) return;
    if (2 * this.#new.size >= this.#max) {
      this.dropped += this.#old.size;
      this.#old = this.#new;
      this.#new = new Table();
    }
    this.#new.set(print, value);
  }

  clear(): void {
    this.dropped += this.size;
    this.#old = new Table();
    this.#new = new Table();
  }

  /** Print and number by turns, older ones first. */
  pack(): Uint32Array {
    return Uint32Array.from([...this.#old.entries(), ...this.#new.entries()].flat());
  }

  unpack(packed: Uint32Array): void {
    for (let i = 0; i + 1 < packed.length; i += 2) this.add(packed[i] ?? 0, packed[i + 1] ?? 0);
  }
}
