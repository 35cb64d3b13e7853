import type { SecretAllowance, SecretShape } from '@spoor/core';
import type { RE2JS } from 're2js';
import { Candidates } from '../rules/candidates.ts';
import { compileRegex } from '../rules/text-form.ts';
import { entropy } from './entropy.ts';

/** Where a secret stands. */
export interface OwnSecret {
  readonly start: number;
  readonly end: number;
}

/** More of one shape in one text are counted no further. */
const FINDS_MAX = 64;

/** Secrets by rules of the owner's own file. One instance serves all contents. */
export class OwnSecrets {
  readonly #candidates: Candidates;
  readonly #shapes: ReadonlyMap<object, Shape>;

  constructor(shapes: readonly SecretShape[]) {
    const asks = shapes.map(({ source, needs }) => {
      return { ids: {}, forms: [{ kind: 'regex' as const, source, flags: '', needs }] };
    });
    this.#candidates = new Candidates(asks);
    this.#shapes = new Map(asks.map((ask, at) => [ask, new Shape(shapes[at])]));
  }

  /** @param take charges characters that an expression runs over; false where none are left */
  in(text: string, take: (chars: number) => boolean): readonly OwnSecret[] {
    const found: OwnSecret[] = [];
    for (const { ask } of this.#candidates.of(text)) {
      const shape = this.#shapes.get(ask);
      if (shape === undefined) continue;
      if (!take(text.length)) break;
      if (shape.mayStandIn(text) && take(COST * text.length)) found.push(...shape.in(text));
    }
    return found;
  }
}

/** Where a match stands costs as many times what it costs to know that there is one. */
const COST = 16;

class Shape {
  readonly #shape: SecretShape | undefined;
  #compiled: RE2JS | undefined;
  #allow: readonly Allow[] | undefined;

  constructor(shape: SecretShape | undefined) {
    this.#shape = shape;
  }

  mayStandIn(text: string): boolean {
    this.#compiled ??= compileRegex(this.#shape?.source ?? '', '');
    return this.#compiled.test(text);
  }

  in(text: string): readonly OwnSecret[] {
    const found: OwnSecret[] = [];
    const matcher = this.#compiled?.matcher(text);
    for (let n = 0; n < FINDS_MAX && matcher?.find() === true; n++) {
      const group = this.#groupOf((at) => matcher.group(at) ?? '', matcher.groupCount());
      const [start, end] = [matcher.start(group), matcher.end(group)];
      const match = matcher.group() ?? '';
      if (end > start && this.#holds(text, start, end, match)) found.push({ start, end });
    }
    return found;
  }

  /** The one that is named, else the first that is not empty. */
  #groupOf(group: (at: number) => string, count: number): number {
    const named = this.#shape?.group ?? 0;
    if (named > 0) return named;
    for (let at = 1; at <= count; at++) if (group(at) !== '') return at;
    return 0;
  }

  #holds(text: string, start: number, end: number, match: string): boolean {
    const secret = text.slice(start, end);
    const least = this.#shape?.entropyMin ?? 0;
    if (least > 0 && entropy(secret) <= least) return false;
    this.#allow ??= (this.#shape?.allow ?? []).map((one) => new Allow(one));
    return !this.#allow.some((one) => one.allows(secret, match, () => lineAt(text, start, end)));
  }
}

const LINE_CHARS_MAX = 2_048;

function lineAt(text: string, start: number, end: number): string {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const stop = text.indexOf('\n', end);
  const to = stop < 0 ? text.length : stop;
  return text.slice(Math.max(from, start - LINE_CHARS_MAX), Math.min(to, end + LINE_CHARS_MAX));
}

/** What the owner's file says is no secret. */
class Allow {
  readonly #allowance: SecretAllowance;
  readonly #regexes: readonly RE2JS[];

  constructor(allowance: SecretAllowance) {
    this.#allowance = allowance;
    this.#regexes = allowance.regexes.map((source) => compileRegex(source, ''));
  }

  allows(secret: string, match: string, line: () => string): boolean {
    const { target, every, regexes, stopwords } = this.#allowance;
    const subject = target === 'line' ? line() : target === 'match' ? match : secret;
    const lower = secret.toLowerCase();
    const byRegex = this.#regexes.some((one) => one.test(subject));
    const byWord = stopwords.some((word) => lower.includes(word));
    if (!every) return byRegex || byWord;
    return (regexes.length === 0 || byRegex) && (stopwords.length === 0 || byWord);
  }
}
