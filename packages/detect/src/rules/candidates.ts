import type { ContentAsk } from '@spoor/core';
import { WIDE } from './literals.ts';
import { Folded, Search } from './search.ts';
import { type Check, formCheck } from './text-form.ts';

/** A form that is run where what it needs stands in a text. */
export interface Candidate {
  readonly ask: ContentAsk;
  readonly check: Check;
}

/** A set of needed texts as one bit of a form. */
interface Need {
  readonly form: number;
  readonly bit: number;
}

const folded = new Folded();

/** Finds the few forms that can match a text at all. */
export class Candidates {
  readonly #forms: Candidate[] = [];
  /** Bits of all that a form needs. */
  readonly #whole: number[] = [];
  /** Forms that need nothing: they run over each text. */
  readonly #always: Candidate[] = [];
  readonly #byText: (readonly Need[])[] = [];
  readonly #wide: Need[] = [];
  readonly #search: Search;
  /** What of a form's needs was found, for the text of the pass beside it. */
  readonly #found: Uint8Array;
  readonly #passOf: Uint32Array;
  #pass = 0;

  constructor(asks: readonly ContentAsk[]) {
    const byText = new Map<string, Need[]>();
    for (const ask of asks) {
      for (const form of ask.forms) {
        const candidate = { ask, check: formCheck(form) };
        if (form.needs.length === 0) this.#always.push(candidate);
        else this.#add(candidate, form.needs, byText);
      }
    }
    this.#search = new Search([...byText.keys()]);
    this.#byText.push(...byText.values());
    this.#found = new Uint8Array(this.#forms.length);
    this.#passOf = new Uint32Array(this.#forms.length);
  }

  #add(
    candidate: Candidate,
    needs: readonly (readonly string[])[],
    byText: Map<string, Need[]>,
  ): void {
    const form = this.#forms.push(candidate) - 1;
    this.#whole.push(2 ** needs.length - 1);
    for (const [at, texts] of needs.entries()) {
      const need = { form, bit: 1 << at };
      for (const text of texts) {
        if (text === WIDE) this.#wide.push(need);
        else {
          const known = byText.get(text) ?? [];
          known.push(need);
          byText.set(text, known);
        }
      }
    }
  }

  of(text: string): readonly Candidate[] {
    const found = [...this.#always];
    this.#pass++;
    folded.load(text);
    const note = (needs: readonly Need[]): void => {
      for (const need of needs) {
        if (this.#completes(need)) {
          const candidate = this.#forms[need.form];
          if (candidate) found.push(candidate);
        }
      }
    };
    if (folded.isWide) note(this.#wide);
    this.#search.each(folded, (index) => note(this.#byText[index] ?? []));
    return found;
  }

  /** Is it the last that the form needs? */
  #completes({ form, bit }: Need): boolean {
    const before = this.#passOf[form] === this.#pass ? (this.#found[form] ?? 0) : 0;
    this.#passOf[form] = this.#pass;
    this.#found[form] = before | bit;
    return (before & bit) === 0 && (before | bit) === this.#whole[form];
  }
}
