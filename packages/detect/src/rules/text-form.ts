import type { TextForm } from '@spoor/core';
import { RE2JS } from 're2js';
import { needsOf } from './exact.ts';
import { WIDE } from './literals.ts';
import type { Part, Pattern } from './pattern.ts';

/** Does one text meet one value of a test? */
export type Check = (found: string) => boolean;

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

/** Throws where RE2 does not take it. */
export function compileRegex(source: string, flags: string): RE2JS {
  let bits = 0;
  for (const flag of flags) bits |= FLAGS[flag] ?? 0;
  return RE2JS.compile(source, bits);
}

/** Text with wildcards; case counts only where `cased`. */
export function globForm({ parts }: Pattern, cased: boolean): TextForm {
  const texts = parts.filter((part) => typeof part === 'string');
  const plain = texts.map((text) => foldedText(cased ? text : text.toLowerCase()));
  const needs = plain.flatMap((text) => needsOf({ exact: [text], needs: [] }));
  return { kind: 'glob', parts, cased, needs };
}

/** As a search folds text; of what is not ASCII, only that it is there. */
function foldedText(text: string): string {
  const [plain = ''] = text
    .split(/[\u0080-\u{10ffff}]+/u)
    .toSorted((a, b) => b.trim().length - a.trim().length);
  const folded = plain.replaceAll(/[\t-\r ]+/g, ' ').toLowerCase();
  return folded.trim().length > 1 || plain === text ? folded : WIDE;
}

/** What runs a form over one text. Expressions are compiled when they first run. */
export function formCheck(form: TextForm): Check {
  if (form.kind === 'glob') return globCheck(form.parts, form.cased);
  let compiled: RE2JS | undefined;
  return (found) => {
    compiled ??= compileRegex(form.source, form.flags);
    return compiled.test(found);
  };
}

function globCheck(parts: readonly Part[], cased: boolean): Check {
  if (cased) return glob(parts);
  const check = glob(parts.map((part) => (typeof part === 'string' ? part.toLowerCase() : part)));
  return (found) => check(found.toLowerCase());
}

function glob(parts: readonly Part[]): Check {
  const [a, b, c] = parts;
  if (parts.length === 1 && typeof a === 'string') return (found) => found === a;
  if (parts.length === 2 && a === null && typeof b === 'string')
    return (found) => found.endsWith(b);
  if (parts.length === 2 && typeof a === 'string' && b === null)
    return (found) => found.startsWith(a);
  if (parts.length === 3 && a === null && typeof b === 'string' && c === null) {
    return (found) => found.includes(b);
  }
  const source = parts.map((part) =>
    typeof part === 'string' ? RE2JS.quote(part) : part ? '.' : '.*',
  );
  const compiled = RE2JS.compile(source.join(''), RE2JS.DOTALL);
  return (found) => compiled.matches(found);
}
