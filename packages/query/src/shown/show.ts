import { LIMITS } from '@spoor/core';
import type { AttributeScalar } from '../reader.ts';
import { plainLine, withoutLinks } from './clean.ts';
import type { Masker } from './masker.ts';

/** What was changed in the texts of one answer, so that its reader knows. */
export interface ShownCounts {
  /** Secrets and personal data. */
  masked: number;
  /** Whole texts that read like instructions. */
  withheld: number;
  /** Texts that are longer than what is shown. */
  cut: number;
}

/** More of a text is not read, as no more could be shown of it. */
const READ_CHARS_MAX = 16_384;
/** A trace id, also as part of a `traceparent`. */
const TRACE_ID = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/gi;
/** Names as instrumentations make them. */
const PLAIN_NAME = /^[A-Za-z_][\w.:/-]{0,63}$/;

/**
 * Shows the texts of one answer. They were written by whoever made the spans, so each is one line,
 * short, without secrets, links and what is hidden; one that reads like an order is not shown.
 */
export class Show {
  readonly counts: ShownCounts = { masked: 0, withheld: 0, cut: 0 };
  readonly #masker: Masker;
  readonly #traces: ReadonlySet<string>;
  readonly #known = new Map<string, string>();

  /** @param traces Ids that may be shown: those of the answer itself. */
  constructor(masker: Masker, traces: Iterable<string> = []) {
    this.#masker = masker;
    this.#traces = new Set(traces);
  }

  /** A name of a service, an operation or the like. */
  name(text: string): string {
    return this.text(text, '', LIMITS.shownNameCharsMax);
  }

  /** A key of an attribute. */
  key(text: string): string {
    return PLAIN_NAME.test(text) ? text : this.name(text);
  }

  /** @param name The key of the attribute: what its value is. */
  scalar(value: AttributeScalar, name: string, charsMax: number): AttributeScalar {
    if (typeof value === 'boolean') return value;
    if (typeof value === 'string') return this.text(value, name, charsMax);
    const text = String(value);
    const shown = text.length < 5 ? text : this.text(text, name, charsMax);
    return shown === text ? value : shown;
  }

  text(text: string, name: string, charsMax: number): string {
    const id = `${charsMax} ${name}\n${text}`;
    const found = this.#known.get(id);
    if (found !== undefined) return found;
    const shown = this.#shown(text, name, charsMax);
    if (this.#known.size < LIMITS.shownTextsMax) this.#known.set(id, shown);
    return shown;
  }

  #shown(whole: string, name: string, charsMax: number): string {
    const read = whole.slice(0, READ_CHARS_MAX);
    const plain = plainLine(read);
    const { text, masked, instruction } = this.#masker.mask(plain, name);
    // What hides may read otherwise with what hides it.
    if (instruction || (plain !== read && this.#masker.mask(read, name).instruction)) {
      this.counts.withheld += 1;
      return `‹withheld: reads like an instruction, ${whole.length} characters›`;
    }
    this.counts.masked += masked;
    const shown = withoutLinks(text).replace(TRACE_ID, (id) =>
      this.#traces.has(id.toLowerCase()) ? id : '‹trace id›',
    );
    if (shown.length <= charsMax && read === whole) return shown;
    this.counts.cut += 1;
    return `${shown.slice(0, charsMax).toWellFormed()}…`;
  }
}
