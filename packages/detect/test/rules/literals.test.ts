import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { requiredLiterals } from '../../src/rules/literals.ts';

const atom = fc.oneof(
  fc.constantFrom('abc', 'AbcD', 'x', 'yz', '\\.', '.', '[a-c]', '[^x]', '\\w', '\\s', '^', '\\b'),
  fc.constantFrom('\\x41bc', '\\pLabc', '\\p{Lu}', 'skip', '[[:alpha:]]', '[]a]', '(?i)', 'ab c'),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'expression' },
    atom,
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => a + b),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('?', '*', '+', '{0,2}', '{2}', '+?', '{1}'))
      .map(([a, quantifier]) => `(${a})${quantifier}`),
  ),
}));
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'c',
    'A',
    'B',
    'D',
    'x',
    'y',
    'z',
    '.',
    ' ',
    's',
    'k',
    '\u017f',
    '\u212a',
    'i',
    'p',
  ),
  maxLength: 14,
});

describe('texts that an expression needs', () => {
  it.each([
    ['https?://(localhost|intern)', ['localhost', 'intern']],
    ['(?i)Fetch\\s+the\\s+Secrets', ['secrets']],
    ['(fetch|read).{0,40}keys', ['keys']],
    ['(?:alpha|beta)(?:gamma)?', ['alpha', 'beta']],
    ['abc*', undefined],
    ['abcd*', ['abc']],
    ['abc|x', undefined],
    ['(abc)?', undefined],
    ['(abc){2}', ['abc']],
    ['[abc]{3}', undefined],
    ['\\Qabc\\E', undefined],
    ['a\\.b\\-c', ['a.b-c']],
    ['', undefined],
  ])('%s', (source, expected) => {
    expect(requiredLiterals(source)).toEqual(expected);
  });

  it('stand in every text that the expression matches', () => {
    let matched = 0;
    let asked = 0;
    fc.assert(
      fc.property(expression, fc.array(text, { maxLength: 12 }), (source, texts) => {
        const literals = requiredLiterals(source);
        if (literals === undefined) return;
        asked++;
        const compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
        for (const one of [...texts, ...literals]) {
          if (!compiled.matcher(one).find()) continue;
          matched++;
          const lower = one.toLowerCase().replaceAll('\u017f', 's');
          expect(
            literals.some((literal) => lower.includes(literal)),
            `${source} ${one}`,
          ).toBe(true);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(asked, matched)).toBeGreaterThan(200);
  });
});
