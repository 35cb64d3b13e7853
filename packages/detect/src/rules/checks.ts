import { LIMITS } from '@spoor/core';
import ipaddr from 'ipaddr.js';
import { RE2JS } from 're2js';
import { RuleFault } from './document.ts';
import { requiredLiterals } from './literals.ts';
import type { Part, Pattern } from './pattern.ts';

/** Does one text meet one value of a test? */
export type Check = (found: string) => boolean;

/** Regular expressions run in linear time, whatever stands in them and in the text. */
export function regexCheck(source: string, flags: readonly string[], node: unknown): Check {
  if (source.length > LIMITS.ruleRegexCharsMax)
    throw new RuleFault(
      'unbounded',
      node,
      `a regular expression has at most ${LIMITS.ruleRegexCharsMax} characters`,
    );
  try {
    const compiled = RE2JS.compile(source, flagsOf(flags));
    const literals = requiredLiterals(source);
    const run: Check = (found) => compiled.matcher(found).find();
    if (literals === undefined) return run;
    return (found) => {
      const lower = lowered(found);
      return literals.some((one) => lower.includes(one)) && run(found);
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RuleFault('regex', node, `not a regular expression of RE2: ${why}`);
  }
}

let newest = { text: '', lower: '' };

/** Many expressions look at one text in turn. The long s folds to an ASCII letter, too. */
function lowered(text: string): string {
  if (newest.text !== text) newest = { text, lower: text.toLowerCase().replaceAll('\u017f', 's') };
  return newest.lower;
}

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

const flagsOf = (names: readonly string[]): number =>
  names.reduce((flags, name) => flags | (FLAGS[name] ?? 0), 0);

/** Text with wildcards; case counts only where `cased`. */
export function globCheck({ parts }: Pattern, cased: boolean): Check {
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
  return (found) => compiled.matcher(found).matches();
}

/** Is the text an address of the network? Host bits of the network must be zero. */
export function cidrCheck(text: string, node: unknown): Check {
  const [address, bits] = networkOf(text, node);
  return (found) => {
    const other = addressOf(found);
    return other !== undefined && other.kind() === address.kind() && other.match(address, bits);
  };
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function networkOf(text: string, node: unknown): readonly [Address, number] {
  const [head = '', tail] = text.split('/');
  const address = addressOf(head);
  const width = address?.kind() === 'ipv4' ? 32 : 128;
  const bits = tail === undefined ? width : /^\d{1,3}$/.test(tail) ? Number(tail) : -1;
  if (address === undefined || bits < 0 || bits > width)
    throw new RuleFault('bad-value', node, `“${text}” is no network such as 10.0.0.0/8`);
  const lowBits = address.toByteArray().flatMap(bitsOf).slice(bits);
  if (lowBits.includes(1))
    throw new RuleFault('bad-value', node, `“${text}” has bits set beyond its first ${bits}`);
  return [address, bits];
}

const bitsOf = (byte: number): readonly number[] =>
  [7, 6, 5, 4, 3, 2, 1, 0].map((place) => (byte >> place) & 1);

function addressOf(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) && !text.includes('%') ? ipaddr.IPv6.parse(text) : undefined;
}
