import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { readRegex, WIDE } from '../../src/rules/literals.ts';
import { Folded, Search } from '../../src/rules/search.ts';

const atom = fc.oneof(
  fc.constantFrom('abc', 'AbcD', 'x', 'yz', '\\.', '.', '[a-c]', '[^x]', '\\w', '\\s', '^', '\\b'),
  fc.constantFrom('\\x41bc', '\\pLabc', '\\p{Lu}', 'skip', '[[:alpha:]]', '[]a]', '(?i)', 'ab c'),
  fc.constantFrom(
    '\\s+',
    '[ab]',
    '[\\s]',
    '系统',
    'é',
    'K',
    '[\\x{410}-\\x{44f}]',
    '\\x{7cfb}',
    '$',
  ),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'expression' },
    atom,
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => a + b),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('?', '*', '+', '{0,2}', '{2}', '+?', '{1}', '{1,3}'),
      )
      .map(([a, quantifier]) => `(${a})${quantifier}`),
  ),
}));
const unit = fc.constantFrom(
  ...Array.from('abcABDxyz. \t\nskKip\u017f\u212aé系统\u0416\u0301'),
  'ab',
  'ab c',
);
const text = fc.string({ unit, maxLength: 14 });

const folded = new Folded();

/** As the search sees it. */
function holds(one: string, literal: string): boolean {
  folded.load(one);
  if (literal === WIDE) return folded.isWide;
  let found = false;
  new Search([literal]).each(folded, () => {
    found = true;
  });
  return found;
}

describe('texts that an expression needs', () => {
  it.each([
    [
      'https?://(localhost|intern)',
      [['http://localhost', 'https://localhost', 'http://intern', 'https://intern']],
    ],
    ['(?i)Fetch\\s+the\\s+Secrets', [['fetch the secrets']]],
    ['(fetch|read).{0,40}keys', [['keys'], ['fetch', 'read']]],
    ['(?:alpha|beta)(?:gamma)?', [['alpha', 'beta']]],
    ['abc*', [['ab']]],
    ['abc|.', []],
    ['(abc)?', []],
    ['(abc){2}', [['abcabc']]],
    ['[abc]{3}', []],
    ['[ab]x', [['ax', 'bx']]],
    ['\\Qabc\\E', []],
    ['a\\.b\\-c', [['a.b-c']]],
    ['指令.{0,3}я', [['指令'], [WIDE]]],
    ['', []],
  ])('%s', (source, expected) => {
    expect(readRegex(source).needs.map((set) => [...set].sort())).toEqual(
      expected.map((set) => [...set].sort()),
    );
  });

  it('stand in every text that the expression matches', () => {
    let matched = 0;
    let asked = 0;
    fc.assert(
      fc.property(expression, fc.array(text, { maxLength: 12 }), (source, texts) => {
        const { needs } = readRegex(source);
        if (needs.length === 0) return;
        asked++;
        const compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
        for (const one of [...texts, ...needs.flat()]) {
          if (!compiled.test(one)) continue;
          matched++;
          for (const set of needs)
            expect(
              set.some((literal) => holds(one, literal)),
              `${source} ${one}`,
            ).toBe(true);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(asked, matched)).toBeGreaterThan(200);
  });
});

describe('an expression that is right for sure', () => {
  const piece = fc.constantFrom(
    ...Array.from('ab(|)[]{}*+?^$.\\-,:<>=!1290 '),
    ...['(?:', '(?i)', '(?P<n>', '(?=', '{2}', '{2,1}', '{1001}', '\\d', '\\Z', '\\x4', '\\x{1f}'],
    ...[
      '[a-z]',
      '[z-a]',
      '[^]',
      '[[:word:]]',
      '\\p{Foo}',
      '\\1',
      '\\b',
      '**',
      '(?-i:',
      '(?i-)',
      '{,3}',
    ],
  );

  it('compiles', () => {
    let sures = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const source = pieces.join('');
        if (!readRegex(source).sure) return;
        sures++;
        expect(() => RE2JS.compile(source), source).not.toThrow();
      }),
      { numRuns: 20_000 },
    );
    expect(sures).toBeGreaterThan(1_000);
  });
});

describe('a search for many texts', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'b', ' ', 'c', '系'),
    minLength: 1,
    maxLength: 7,
  });

  it('finds what a naive one finds, each once', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { maxLength: 40 }),
        fc.string({ unit: fc.constantFrom('a', 'B', 'b', '\n', ' ', 'C', '系'), maxLength: 60 }),
        (words, one) => {
          const plain = words.map((w) => w.replaceAll(/\s+/g, ' '));
          const unique = [...new Set(plain)];
          const found: number[] = [];
          folded.load(one);
          new Search(unique).each(folded, (index) => found.push(index));
          const lower = one.replaceAll(/\s+/g, ' ').toLowerCase();
          const expected = unique.flatMap((w, at) => (lower.includes(w) ? [at] : []));
          expect(found.sort((a, b) => a - b)).toEqual(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
