import { LIMITS } from '@spoor/core';
import { RE2JS } from 're2js';
import { entropy } from './entropy.ts';
import type { Lexicon } from './lexicon.ts';
import { remembered } from './names.ts';
import { PLACEHOLDERS, SECRET_NAMES, SECRET_RULES, type SecretRule } from './secret-rules.ts';

/**
 * What a literal announces: a credential of a known shape, or the name of one that may be assigned.
 */
export type SecretHint = { readonly rule: SecretRule } | { readonly rule: undefined };

const ASSIGNED: SecretHint = { rule: undefined };
const compiled = new Map<string, RE2JS>();

export function addSecretLiterals<Id>(lexicon: Lexicon<Id>, wrap: (hint: SecretHint) => Id): void {
  for (const rule of SECRET_RULES) {
    const id = wrap({ rule });
    for (const literal of rule.literals) lexicon.add(literal, id);
  }
  const assigned = wrap(ASSIGNED);
  for (const name of SECRET_NAMES) lexicon.add(name, assigned);
}

const BY_LITERAL: readonly (readonly [string, SecretRule])[] = SECRET_RULES.flatMap((rule) =>
  rule.literals.map((literal) => [literal, rule] as const),
);

/** Is the text a credential of a known shape, from its first character on? */
export function beginsSecret(text: string): boolean {
  const lower = text.slice(0, LITERAL_CHARS_MAX).toLowerCase();
  return BY_LITERAL.some(
    ([literal, rule]) => lower.startsWith(literal) && shapeAt(text, 0, rule) !== undefined,
  );
}

const LITERAL_CHARS_MAX = 32;

export interface Found {
  readonly start: number;
  readonly end: number;
}

/** `at` is where the literal begins, `end` where it ends. */
export function secretAt(
  text: string,
  at: number,
  end: number,
  hint: SecretHint,
): Found | undefined {
  return hint.rule ? shapeAt(text, at, hint.rule) : assignedAt(text, end);
}

// The longest credential that a pattern takes, a private key in PEM form.
const WINDOW_CHARS = 8_200;

function shapeAt(text: string, at: number, rule: SecretRule): Found | undefined {
  let pattern = compiled.get(rule.id);
  if (!pattern) {
    pattern = RE2JS.compile(rule.pattern);
    compiled.set(rule.id, pattern);
  }
  const matcher = pattern.matcher(text.slice(at, at + WINDOW_CHARS));
  if (!matcher.lookingAt()) return undefined;
  const value = (matcher.group() ?? '').replace(/[^0-9A-Za-z_=-]$/, '');
  if (rule.entropyMin !== undefined && entropy(value) < rule.entropyMin) return undefined;
  return { start: at, end: at + value.length };
}

const SPACE = 32;
const isQuote = (code: number): boolean => code === 34 || code === 39 || code === 96;
const isSeparator = (code: number): boolean => code === 58 || code === 61;

/** Reads `: "value"` or `=value` after a name such as `password`, within a few characters. */
function assignedAt(text: string, from: number): Found | undefined {
  let at = from;
  const stop = Math.min(text.length, from + 12);
  while (at < stop && isNameRest(text.charCodeAt(at))) at++;
  if (isQuote(text.charCodeAt(at))) at++;
  while (at < stop && text.charCodeAt(at) === SPACE) at++;
  if (!isSeparator(text.charCodeAt(at))) return undefined;
  at++;
  while (at < stop + 12 && (text.charCodeAt(at) === SPACE || isSeparator(text.charCodeAt(at))))
    at++;
  const quoted = isQuote(text.charCodeAt(at));
  if (quoted) at++;
  const start = at;
  while (at < start + 512 && at < text.length && !endsValue(text.charCodeAt(at))) at++;
  return isSecretValue(text.slice(start, at), quoted) ? { start, end: at } : undefined;
}

/** `DB_PASSWORD_PROD`: what may follow the name before the separator. */
const isNameRest = (code: number): boolean =>
  code === 95 || (code >= 48 && code <= 57) || (code >= 65 && code <= 90);

const endsValue = (code: number): boolean =>
  code <= SPACE || isQuote(code) || code === 44 || code === 59 || code === 41 || code === 125;

/** A value named like a secret counts unless it is a placeholder, a reference or a plain word. */
export function isSecretValue(value: string, quoted: boolean): boolean {
  if (value.length < 6 || value.length > 512) return false;
  const first = value.charCodeAt(0);
  // `$NAME`, `{{name}}`, `<name>`, `%NAME%`: a reference, not the value.
  if (first === 36 || first === 123 || first === 60 || first === 37) return false;
  const lower = value.toLowerCase();
  if (PLACEHOLDERS.some((word) => lower.startsWith(word) || lower.endsWith(word))) return false;
  const mixed = /\d/.test(value) && /[A-Za-z]/.test(value);
  if (!mixed && !(quoted && value.length >= 12 && /[^A-Za-z]/.test(value))) return false;
  return !/[([]/.test(value) && entropy(value) >= 2.5;
}

const KEYS_OF_PAGES = /page|cursor|next|prev|continu|count|max|limit|usage|total|type|name|id$/;

/** Is a JSON member's name one whose value is a secret? */
export const isSecretName: (name: string) => boolean = remembered((name) => {
  const lower = name.toLowerCase();
  if (!SECRET_NAMES.some((word) => lower.includes(word))) return lower === 'authorization';
  return !KEYS_OF_PAGES.test(lower);
});

/** Caps the work that hostile text can ask for. */
export class SecretBudget {
  #left: number = LIMITS.secretTestsMax;

  take(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }

  get spent(): boolean {
    return this.#left === 0;
  }
}
