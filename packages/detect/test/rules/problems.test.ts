import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { compileRules } from '../../src/index.ts';
import { PROBLEM_CODES } from '../../src/rules/types.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const GOOD = [
  `title: t\nid: ${uuid(1)}\nname: r1\nlogsource: {product: mcp}`,
  'description: d\nlevel: low\ndetection: {s: {kind: tool.call}, condition: s}\n',
].join('\n');

/** A document whose line 6 is the first that a case gives. */
const document = (lines: string): string =>
  `title: t\nid: ${uuid(2)}\nname: r2\ndescription: d\nlevel: low\n${lines}\n`;
const detection = (lines: string): string => document(`logsource: {product: mcp}\n${lines}`);
const field = (line: string): string => detection(`detection:\n  s:\n    ${line}\n  condition: s`);
const condition = (text: string): string =>
  detection(`detection:\n  s: {kind: x}\n  t: {kind: y}\n  condition: ${text}`);
const correlation = (flow: string): string => document(`correlation: {${flow}}`);
const SPAN = 'group-by: [session], timespan: 1m';

/** Code, place, message, document. */
const CASES: readonly (readonly [string, string, RegExp, string])[] = [
  ['yaml', '1:9', /./, 'title: ['],
  ['yaml', '1:1', /a rule is a map/, '- a'],
  ['unknown-key', '6:1', /did you mean “level”/, document('levle: low\ndetection: {}')],
  ['missing', '1:1', /“logsource”/, document('detection: {s: {kind: x}, condition: s}')],
  ['missing', '7:12', /“condition”/, detection('detection: {s: {kind: x}}')],
  ['missing', '7:12', /no selection/, detection('detection: {condition: s}')],
  ['bad-value', '6:12', /product: mcp/, document('logsource: {product: x}\ndetection: {s: {}}')],
  ['bad-value', '9:16', /empty list/, field('tool.name: []')],
  ['bad-value', '9:16', /text, a number/, field('tool.name: {a: b}')],
  ['bad-value', '9:25', /true or false/, field('tool.labels|exists: "x"')],
  ['bad-value', '9:23', /one number/, field('request.bytes|gt: x')],
  ['bad-value', '9:20', /at least two/, field('tool.name|all: a')],
  ['bad-value', '9:21', /no network/, field('tool.name|cidr: 10.0.0/8')],
  ['bad-value', '9:21', /bits set/, field('tool.name|cidr: 10.1.0.0/8')],
  ['bad-value', '9:23', /no base64 form/, field('tool.name|base64: "a*"')],
  ['bad-value', '9:24', /at most 3/, field('tool.name|windash: "-a -b -c -d"')],
  ['bad-value', '9:21', /ASCII/, field('tool.name|wide: "ä"')],
  ['bad-value', '8:6', /map of fields/, detection('detection:\n  s: word\n  condition: s')],
  ['unknown-field', '9:5', /did you mean “tool.labels”/, field('tool.lables: x')],
  ['unknown-field', '9:25', /names a field/, field('tool.name|fieldref: no.such')],
  ['unknown-modifier', '9:5', /“contains”/, field('tool.name|contain: x')],
  ['modifier', '9:5', /written twice/, field('tool.name|contains|contains: x')],
  ['modifier', '9:5', /stands before/, field('tool.name|contains|base64: x')],
  ['modifier', '9:5', /flag of “re”/, field('tool.name|i: x')],
  ['modifier', '9:5', /do not go together/, field('tool.name|re|contains: x')],
  ['modifier', '9:5', /excludes/, field('tool.name|wide|utf16be: x')],
  ['modifier', '9:5', /stands first/, field('tool.name|windash|expand: x')],
  ['modifier', '9:23', /not asked/, field('request.text|gte: 5')],
  ['modifier', '9:5', /needs a field/, field("'|exists': true")],
  ['placeholder', '9:23', /%Admins%/, field('tool.name|expand: "%Admins%"')],
  ['regex', '9:19', /missing closing/, field('tool.name|re: "(a"')],
  ['regex', '9:19', /not a regular expression of RE2/, field('tool.name|re: "(?=a)b"')],
  ['regex', '9:19', /not a regular expression of RE2/, field('tool.name|re: "(a)\\\\1"')],
  ['condition', '10:21', /no selection is called “u”/, condition('s and (u)')],
  ['condition', '10:19', /ends too early/, condition('s and')],
  ['condition', '10:16', /one word too many/, condition('s t')],
  ['condition', '10:16', /no part of Sigma 2/, condition('s | count() > 5')],
  ['condition', '10:14', /none of “1 of”/, condition('2 of them')],
  ['condition', '10:19', /no selection is called “u\*”/, condition('1 of u*')],
  ['unsupported', '10:3', /write a correlation/, field('kind: x\n  timeframe: 5m')],
  ['unknown-rule', '6:43', /nope/, correlation(`type: temporal, rules: [r1, nope], ${SPAN}`)],
  ['unknown-rule', '6:42', /r2/, correlation(`type: event_count, rules: [r2], ${SPAN}`)],
  ['duplicate', '1:1', /taken/, GOOD.replace(uuid(1), uuid(3))],
  ['missing', '6:14', /group-by/, correlation('type: temporal, rules: [r1, r1], timespan: 1m')],
  [
    'unbounded',
    '6:78',
    /a day/,
    correlation(
      'type: event_count, rules: [r1], group-by: [session], timespan: 9d, condition: {gte: 2}',
    ),
  ],
  [
    'unbounded',
    '6:93',
    /counts further/,
    correlation(`type: event_count, rules: [r1], ${SPAN}, condition: {gte: 1001}`),
  ],
  [
    'unbounded',
    '6:90',
    /what never happens/,
    correlation(`type: temporal, rules: [r1], ${SPAN}, condition: not r1`),
  ],
  [
    'bad-value',
    '6:93',
    /no number of matches/,
    correlation(`type: event_count, rules: [r1], ${SPAN}, condition: {lt: 1}`),
  ],
  [
    'bad-value',
    '6:106',
    /is no number/,
    correlation(`type: value_sum, rules: [r1], ${SPAN}, condition: {gt: 1, field: session}`),
  ],
  [
    'unbounded',
    '6:112',
    /at most 12 rules/,
    correlation(
      `type: event_count, rules: [r1], ${SPAN}, condition: {gte: 2}, context: [${Array(13).fill('r1').join(', ')}]`,
    ),
  ],
  ['unbounded', '1:1', /at most 262144/, `# ${'x'.repeat(262_144)}`],
  ['unbounded', '9:19', /at most 4096/, field(`tool.name|re: ${'x'.repeat(4_097)}`)],
];

describe('problems of rule files', () => {
  it.each(CASES)('%s at %s', (code, place, message, text) => {
    const good = { path: 'good.yml', text: GOOD };
    const { rules, problems } = compileRules([good, { path: 'x.yml', text }]);
    const shown = problems.map((one) => [one.code, `${one.line}:${one.column}`, one.message]);
    expect(shown).toEqual([[code, place, expect.stringMatching(message)]]);
    expect(rules.predicates.map(({ name }) => name)).toEqual(['r1']);
  });

  verifies('sigma:problems', () => {
    expect([...new Set(CASES.map(([code]) => code))].sort()).toEqual([...PROBLEM_CODES].sort());
    for (const [code, place, , text] of CASES) {
      const { problems } = compileRules([
        { path: 'good.yml', text: GOOD },
        { path: 'x.yml', text },
      ]);
      expect(problems.map((one) => [one.code, `${one.line}:${one.column}`])).toEqual([
        [code, place],
      ]);
    }
  });

  it('rules that are made of each other are refused, and both are named', () => {
    const one = (n: number, of: number): string =>
      `title: t\nid: ${uuid(n)}\nname: r${n}\ndescription: d\nlevel: low\ncorrelation: {type: event_count, rules: [r${of}], ${SPAN}, condition: {gte: 2}}\n`;
    const { problems } = compileRules([
      { path: 'a.yml', text: one(1, 2) },
      { path: 'b.yml', text: one(2, 1) },
    ]);
    expect(problems.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
      'a.yml unknown-rule',
      'b.yml unknown-rule',
    ]);
  });

  it('an extended condition that has too many ways is refused', () => {
    const names = Array.from({ length: 12 }, (_, i) => `s${i}`);
    const steps = names.map(
      (name, i) =>
        `title: ${name}\nid: ${uuid(10 + i)}\nname: ${name}\nlogsource: {product: mcp}\ndetection: {s: {kind: x}, condition: s}\n`,
    );
    const pairs = [0, 2, 4, 6, 8, 10].map((i) => `(s${i} or s${i + 1})`).join(' and ');
    const rule = correlation(`type: temporal, ${SPAN}, condition: ${pairs}`);
    const { problems } = compileRules([{ path: 'x.yml', text: [...steps, rule].join('---\n') }]);
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['unbounded', 'there are more than 32 ways to meet this condition'],
    ]);
  });
});
