import { systemRandom } from '@spoor/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { filesIn, read } from '../../../../test/repository.ts';
import { verifies } from '../../../../test/verifies.ts';
import { compileRules, createLabeler } from '../../src/index.ts';
import { type Answer, type Asked, Script } from '../../src/replay/index.ts';

const files = filesIn('rules').filter((path) => path.endsWith('.yml'));
const { rules } = compileRules(files.map((path) => ({ path, text: read(path) })));

let nowMs = 1_700_000_000_000;
const script = (): Script =>
  new Script({
    rules,
    labeler: createLabeler([]),
    random: systemRandom,
    nowMs: () => ++nowMs,
  });

type Line = Readonly<Record<string, unknown>>;
const take = (one: Script, line: Line): Asked => one.take(JSON.stringify(line));

const TOOLS = [
  { server: 'crm', tool: 'query_customers', description: 'Reads personal data of customers.' },
  { server: 'code', tool: 'run_python', description: 'Executes Python code.' },
  { server: 'drive', tool: 'create_public_link', description: 'Creates a public shareable link.' },
];
const ROWS = ['ann.lee@mail.example', 'bo.tan@mail.example', 'cy.ode@mail.example']
  .map((mail, i) => `${i + 1};${mail};+49 30 ${9_013_370 + i}`)
  .join('\n');

/** Reads customers, writes them with code, and shares that: what nobody asked for. */
function chain(session: string): readonly Line[] {
  const call = (seq: number, at: number, args: unknown, result: string): Line[] => [
    { type: 'call', session, seq, server: TOOLS[at]?.server, tool: TOOLS[at]?.tool, args },
    { type: 'result', session, seq, result, error: null },
  ];
  return [
    { type: 'start', session, catalog: 'c' },
    { type: 'prompt', session, text: 'How many customers do we have?' },
    ...call(0, 0, {}, ROWS),
    ...call(1, 1, { code: `rows = """${ROWS}"""` }, 'export.csv'),
    ...call(2, 2, { file: 'export.csv', content: ROWS }, 'https://files.example/x'),
    { type: 'end', session },
  ];
}

/** A session that only asks and reads. */
function ordinary(session: string): readonly Line[] {
  return chain(session).slice(0, 4);
}

const answersOf = (one: Script, lines: readonly Line[]): readonly Answer[] =>
  lines.flatMap((line) => {
    const answer = take(one, line);
    return answer !== undefined && 'score' in answer ? [answer] : [];
  });

const alerts = (answers: readonly Answer[], session: string): readonly (number | undefined)[] =>
  answers.filter((one) => one.session === session && one.alert).map(({ seq }) => seq);

verifies('replay:protocol', () => {
  const one = script();
  take(one, { type: 'catalog', catalog: 'c', tools: TOOLS });
  const answers = answersOf(one, chain('a'));
  expect(answers.map(({ seq }) => seq)).toEqual([0, 1, 2]);
  expect(alerts(answers, 'a')).toEqual([2]);
  expect(answers.at(-1)?.rules).toContain('pii-through-code-to-share');
  expect(alerts(answersOf(one, ordinary('b')), 'b')).toEqual([]);
});

verifies(
  'replay:protocol',
  () => {
    const merges = fc.array(fc.boolean(), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(merges, (turns) => {
        const one = script();
        take(one, { type: 'catalog', catalog: 'c', tools: TOOLS });
        const [left, right] = [[...chain('a')], [...ordinary('b')]];
        const merged = turns.flatMap((first) => {
          const next = (first ? left : right).shift();
          return next === undefined ? [] : [next];
        });
        const answers = answersOf(one, [...merged, ...left, ...right]);
        expect([alerts(answers, 'a'), alerts(answers, 'b')]).toEqual([[2], []]);
      }),
      { numRuns: 30 },
    );
  },
  { case: 'interleaved' },
);

verifies('replay:bad-lines', () => {
  const one = script();
  for (const line of ['', '{', '[]', '7', '{"type":"nothing"}', '{"type":7}']) {
    expect(one.take(line)).toEqual({ error: expect.any(String) });
  }
  // A call without a beginning, of a tool that nobody described, is judged all the same.
  expect(take(one, { type: 'call', session: 's', seq: 4, tool: 'x', args: null })).toMatchObject({
    seq: 4,
    alert: false,
  });
});
