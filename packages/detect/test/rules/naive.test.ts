import fc from 'fast-check';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { compileRules, type RuleSet } from '../../src/index.ts';
import {
  type Condition,
  type Event,
  holds,
  type Item,
  type Selections,
  type Value,
} from '../support/naive.ts';
import { Scenario } from '../support/scenario.ts';

const [template] = new Scenario().add({ kind: 'tool.call' }).observations;

/** Few characters, so that values meet; those that Sigma, regexes and dashes treat apart. */
const text = fc.string({
  unit: fc.constantFrom('a', 'B', 'b', '1', '-', '/', '.', ' ', '\u2013'),
  maxLength: 5,
});
const written = fc.string({
  unit: fc.constantFrom('a', 'b', 'B', '1', '-', '*', '?', '\\', '.'),
  maxLength: 5,
});
const plain = fc.string({
  unit: fc.constantFrom('a', 'B', '1', '-', 'é'),
  minLength: 1,
  maxLength: 5,
});
const ascii = fc.string({ unit: fc.constantFrom('a', 'B', '1', '-'), minLength: 1, maxLength: 3 });
const regex = fc.constantFrom(
  'a',
  '^a',
  'b$',
  'a.b',
  '[ab]+1?',
  '(a|b)-',
  '^$',
  'A',
  '\\.',
  'a{2}',
);

const FIELDS = ['tool.name', 'server.name', 'error.type', 'tool.labels', 'session'] as const;
const field = fc.constantFrom<(typeof FIELDS)[number]>(...FIELDS);

const item = (
  modifiers: readonly string[],
  value: fc.Arbitrary<Value>,
  of: fc.Arbitrary<string> = field,
): fc.Arbitrary<Item> =>
  fc
    .record({
      field: of,
      values: fc.array(value, { minLength: 1, maxLength: 3 }),
      links: fc.subarray(['all', 'neq']),
    })
    .map(({ field, values, links }) => ({
      field,
      modifiers: [...modifiers, ...links.filter((one) => one !== 'all' || values.length > 1)],
      values,
    }));

const one = (modifiers: readonly string[], value: fc.Arbitrary<Value>, of?: fc.Arbitrary<string>) =>
  item(modifiers, value, of).map(({ values, modifiers, ...rest }) => ({
    ...rest,
    modifiers: modifiers.filter((name) => name !== 'all' && name !== 'neq'),
    values: values.slice(0, 1),
  }));

const places = fc.subarray(['contains', 'startswith', 'endswith', 'cased']);
const NUMBER = fc.constantFrom('request.bytes', 'episode');

const items: fc.Arbitrary<Item> = fc.oneof(
  item([], fc.oneof(written, fc.constant(null), fc.integer({ min: 0, max: 3 }))),
  places.chain((some) => item(some, written)),
  places.chain((some) => item(['windash', ...some], written)),
  fc.subarray(['i', 'm', 's']).chain((flags) => item(['re', ...flags], regex)),
  fc
    .constantFrom(['base64'], ['base64offset'], ['wide', 'base64offset'], ['utf16be', 'base64'])
    .chain((some) => places.chain((more) => item([...some, ...more], plain))),
  fc
    .constantFrom('wide', 'utf16', 'utf16le', 'utf16be')
    .chain((wide) => item([wide, 'contains'], ascii)),
  item(['expand'], fc.constantFrom('%who%', 'a')),
  places.chain((some) => item(['fieldref', ...some], field)),
  item(['cidr'], fc.constantFrom('10.0.0.0/8', '10.1.0.0/17', 'fd00::/8', '10.1.2.3/32')),
  one(['exists'], fc.boolean()),
  fc
    .constantFrom('lt', 'lte', 'gt', 'gte')
    .chain((operator) => one([operator], fc.integer({ min: 0, max: 3 }), NUMBER)),
);

const NAMES = ['s_a', 's_b', 'other', '_hidden'] as const;
const selections: fc.Arbitrary<Selections> = fc.record(
  Object.fromEntries(NAMES.map((name) => [name, fc.array(items, { minLength: 1, maxLength: 2 })])),
);

/** A condition, as text and as what it means. */
type Said = readonly [string, Condition];
const of = (op: 'and' | 'or', names: readonly string[]): Condition => ({
  op,
  items: names.map((name) => ({ op: 'selection', name })),
});
const THEM = ['s_a', 's_b', 'other'];
const { condition } = fc.letrec<{ condition: Said }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'condition' },
    fc.constantFrom<Said>(
      ...NAMES.map((name): Said => [name, { op: 'selection', name }]),
      ['1 of s_*', of('or', ['s_a', 's_b'])],
      ['all of s_*', of('and', ['s_a', 's_b'])],
      ['any of _*', of('or', ['_hidden'])],
      ['1 of them', of('or', THEM)],
      ['all of them', of('and', THEM)],
    ),
    tie('condition').map(([text, item]): Said => [`not (${text})`, { op: 'not', item }]),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), tie('condition'), tie('condition'))
      .map(
        ([op, [a, left], [b, right]]): Said => [
          `(${a}) ${op} (${b})`,
          { op, items: [left, right] },
        ],
      ),
    // Without parentheses: `not` binds closest, then `and`, then `or`.
    fc
      .tuple(tie('condition'), tie('condition'), tie('condition'))
      .map(
        ([[a, x], [b, y], [c, z]]): Said => [
          `(${a}) or not (${b}) and (${c})`,
          { op: 'or', items: [x, { op: 'and', items: [{ op: 'not', item: y }, z] }] },
        ],
      ),
  ),
}));

const encoded = fc
  .tuple(plain, plain, fc.constantFrom('utf8' as const, 'utf16le' as const, 'latin1' as const))
  .map(([a, b, encoding]) => Buffer.from(a + b, encoding).toString('base64'));
const wide = ascii.map((a) => Buffer.from(a, 'utf16le').toString('latin1'));
const values = fc.oneof(
  text,
  encoded,
  wide,
  fc.constantFrom(
    '10.1.2.3',
    '10.200.0.1',
    'fd00::1',
    '::ffff:10.1.2.3',
    '10.1.2.300',
    '010.1.2.3',
  ),
);

const events: fc.Arbitrary<Event> = fc
  .record({
    'tool.name': values,
    'server.name': values,
    session: values,
    'error.type': fc.option(values, { nil: '' }),
    'tool.labels': fc.array(values, { maxLength: 2 }),
    'request.bytes': fc.integer({ min: 0, max: 3 }),
    episode: fc.integer({ min: 0, max: 3 }),
  })
  .map((event) => event);

function compile(said: Said, selections: Selections): RuleSet {
  const keyed = Object.entries(selections).map(([name, items]) => [
    name,
    // Members of one selection with the same key would be one; a list of maps keeps them apart.
    Object.fromEntries(
      items.map(({ field, modifiers, values }) => [
        [field, ...modifiers].join('|'),
        values.length === 1 ? values[0] : values,
      ]),
    ),
  ]);
  const rule = {
    title: 't',
    id: '00000000-0000-4000-8000-000000000001',
    description: 'd',
    level: 'low',
    logsource: { product: 'mcp' },
    detection: { ...Object.fromEntries(keyed), condition: said[0] },
  };
  const table = { placeholders: { who: ['a', 'b*'] } };
  const text = `${JSON.stringify(table)}\n---\n${JSON.stringify(rule)}\n`;
  const { rules, problems } = compileRules([{ path: 'x.yml', text }]);
  expect(problems).toEqual([]);
  return rules;
}

/** Of two members with one key, the later is the one that the file has. */
const asWritten = (selections: Selections): Selections =>
  Object.fromEntries(
    Object.entries(selections).map(([name, items]) => [
      name,
      [...new Map(items.map((one) => [[one.field, ...one.modifiers].join('|'), one])).values()],
    ]),
  );

verifies('sigma:conditions', () => {
  const seen = { true: 0, false: 0 };
  const holding = new Set<string>();
  fc.assert(
    fc.property(condition, selections, fc.array(events, { minLength: 1 }), (said, drawn, many) => {
      const meant = asWritten(drawn);
      const [predicate] = compile(said, meant).predicates;
      for (const event of many) {
        const answer = predicate?.test(evaluationOf(event));
        const expected = holds(said[1], meant, event);
        expect(answer, JSON.stringify({ said, meant, event })).toBe(expected);
        seen[`${expected}`]++;
        for (const item of Object.values(meant).flat())
          if (holds(of('and', ['s']), { s: [item] }, event))
            for (const name of item.modifiers) holding.add(name);
      }
    }),
    { numRuns: 1_000 },
  );
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(500);
  // Every modifier has had something to find.
  expect([...holding].sort()).toEqual(
    'all base64 base64offset cased cidr contains endswith exists expand fieldref gt gte i lt lte m neq re s startswith utf16 utf16be utf16le wide windash'.split(
      ' ',
    ),
  );
});

function evaluationOf(event: Event): Parameters<RuleSet['predicates'][number]['test']>[0] {
  if (!template) throw new Error('the scenario has one observation');
  const bytes = Number(event['request.bytes']);
  const request = { bytes } as NonNullable<typeof template.facts.request>;
  const observation = {
    ...template,
    server: { ...template.server, name: String(event['server.name']) },
    tool: { name: String(event['tool.name']), labels: event['tool.labels'] as readonly never[] },
    errorType: String(event['error.type']),
    session: {
      id: String(event.session),
      episode: Number(event.episode),
    } as typeof template.session,
    facts: { request, flows: [] },
  };
  return { observation, answer: (_, ask) => ask(observation) };
}

const anywhere = (): void => {
  const compiled = (value: string): RuleSet['predicates'][number] | undefined =>
    compile(['s', { op: 'selection', name: 's' }], {
      s: [
        { field: 'tool.name', modifiers: ['base64offset', 'contains', 'cased'], values: [value] },
      ],
    }).predicates[0];
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 4 }), fc.string(), (head, value, tail) => {
      fc.pre(!/[*?\\]/.test(value));
      const name = Buffer.from(head + value + tail).toString('base64');
      expect(compiled(value)?.test(evaluationOf({ 'tool.name': name }))).toBe(true);
    }),
  );
};

verifies('sigma:conditions', anywhere, { case: 'base64offset, wherever the value stands' });
