import { LIMITS, type TextForm } from '@spoor/core';
import ipaddr from 'ipaddr.js';
import { RuleFault } from './document.ts';
import { readRegex } from './literals.ts';
import { type Check, compileRegex } from './text-form.ts';

/** Regular expressions run in linear time, whatever stands in them and in the text. */
export function regexForm(source: string, flags: readonly string[], node: unknown): TextForm {
  if (source.length > LIMITS.ruleRegexCharsMax)
    throw new RuleFault(
      'unbounded',
      node,
      `a regular expression has at most ${LIMITS.ruleRegexCharsMax} characters`,
    );
  const { needs, sure } = readRegex(source);
  const named = flags.filter((flag) => 'ims'.includes(flag)).join('');
  // Most are known to be right without being compiled, which is done when one first runs.
  if (!sure) tried(source, named, node);
  return { kind: 'regex', source, flags: named, needs };
}

function tried(source: string, flags: string, node: unknown): void {
  try {
    compileRegex(source, flags);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RuleFault('regex', node, `not a regular expression of RE2: ${why}`);
  }
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
