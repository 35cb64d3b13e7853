import {
  type ContentAsk,
  type ContentAsked,
  type ContentMatches,
  LIMITS,
  type Observation,
  type SipKey,
  sipHash,
  type TextForm,
} from '@spoor/core';
import { CONTENT_FIELDS, type ContentField } from '../schema.ts';
import { RuleFault } from './document.ts';
import { type Scalar, textForms, type Written } from './field-test.ts';
import { isOfText, type Modifier } from './modifiers.ts';
import type { Placeholders } from './pattern.ts';

/**
 * A test of content itself. Rules see facts and never content, so it is answered where the content
 * is, and the observation says which of these tests held.
 */
export interface ContentTest {
  /** The same for the same test, whatever rule it stands in. */
  readonly id: string;
  readonly field: ContentField;
  /** One text of the content meets one of them. */
  readonly forms: readonly TextForm[];
  readonly modifiers: readonly Modifier[];
  readonly values: readonly Scalar[];
}

/** All content tests of a set of rules. */
export interface ContentTests {
  /** Of exactly these tests; '' where there are none. */
  readonly set: string;
  readonly tests: readonly ContentTest[];
}

const KEY: SipKey = [0, 0, 0, 0];

/** Collects the content tests of all rules while they are read. */
export class ContentPool implements ContentTests {
  readonly #tests = new Map<string, ContentTest>();
  readonly #forms = new Map<string, readonly TextForm[]>();
  #chars = 0;
  #known = { size: 0, set: '' };

  /** One test for each value: what joins them is part of the condition. */
  add(
    field: ContentField,
    modifiers: readonly Modifier[],
    written: Written,
    placeholders: Placeholders,
  ): ContentTest {
    const fault = modifiers.find((name) => !isOfText(name));
    if (fault !== undefined || written.value === null) {
      const what = fault === undefined ? 'null' : `“${fault}”`;
      throw new RuleFault('modifier', written.node, `${what} is not asked of ${field.name}`);
    }
    const forms = this.#formsOf(modifiers, written, placeholders);
    const id = sipHash(KEY, JSON.stringify([field.name, forms]));
    const known = this.#tests.get(id);
    if (known !== undefined) return known;
    if (this.#tests.size >= LIMITS.contentTestsMax) {
      const message = `the rules have more than ${LIMITS.contentTestsMax} content tests together`;
      throw new RuleFault('unbounded', written.node, message);
    }
    const test = { id, field, forms, modifiers, values: [written.value] };
    this.#tests.set(id, test);
    return test;
  }

  #formsOf(
    modifiers: readonly Modifier[],
    written: Written,
    placeholders: Placeholders,
  ): readonly TextForm[] {
    const key = JSON.stringify([modifiers, written.value]);
    const known = this.#forms.get(key);
    if (known !== undefined) return known;
    const forms = textForms(written, modifiers, placeholders);
    this.#chars += JSON.stringify(forms).length;
    if (this.#chars > LIMITS.contentTestsCharsMax) {
      const message = `the content tests have more than ${LIMITS.contentTestsCharsMax} characters together`;
      throw new RuleFault('unbounded', written.node, message);
    }
    this.#forms.set(key, forms);
    return forms;
  }

  get tests(): readonly ContentTest[] {
    return [...this.#tests.values()];
  }

  get set(): string {
    // Asked for with every observation, and the same once all rules are read.
    if (this.#known.size !== this.#tests.size) {
      const ids = [...this.#tests.keys()].sort();
      this.#known = { size: ids.length, set: sipHash(KEY, ids.join(' ')) };
    }
    return this.#known.set;
  }
}

/** The tests as questions to whoever sees the content; undefined where there are none. */
export function askedBy({ set, tests }: ContentTests): ContentAsked | undefined {
  if (set === '') return undefined;
  const asks = new Map<string, ContentAsk>();
  for (const { id, field, forms } of tests) {
    const key = JSON.stringify(forms);
    const ids = { ...asks.get(key)?.ids, [field.part]: id };
    asks.set(key, { ids, forms });
  }
  return { set, asks: [...asks.values()] };
}

export const findContentField = (name: string): ContentField | undefined =>
  CONTENT_FIELDS.find((field) => field.name === name);

/**
 * Did the test hold? Undefined where nobody asked: content that was examined before the rule was
 * there, or by somebody who does not ask.
 */
export function contentAnswer(
  observation: Observation,
  { id, field }: ContentTest,
  set: string,
): boolean | undefined {
  const facts = field.facts(observation);
  if (facts === undefined) return false;
  const matches: ContentMatches | undefined = facts.matched;
  return matches?.set === set ? matches.ids.includes(id) : undefined;
}
