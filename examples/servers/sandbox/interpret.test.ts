import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interpret, type Row } from './interpret.ts';
import { PROGRAM_CHARS_MAX, parseProgram, STEPS_MAX } from './program.ts';

const ROWS: readonly Row[] = [
  { name: 'Ina', city: 'Oslo', amount: 30 },
  { name: 'Tomas', city: 'Bergen', amount: 4 },
  { name: 'Ada, Countess', city: 'Oslo', amount: 200 },
];

const run = (code: string, rows: readonly Row[] = ROWS): string => {
  const program = parseProgram(code);
  if (program.status === 'invalid') throw new Error(program.message);
  return interpret(program.steps, rows).output;
};

describe('programs', () => {
  test.each([
    ['select name; take 2; format csv', 'name\nIna\nTomas'],
    ['select name; sort by name; take 1; format csv', 'name\n"Ada, Countess"'],
    ['sort by amount desc; select amount; format lines', '200\n30\n4'],
    ['where city = Oslo; count', '2'],
    ['where amount > 5; sum amount', '230'],
    ['where name contains oma; select city; format json', '[\n  {\n    "city": "Bergen"\n  }\n]'],
    ['skip 1; where name != Ada, Countess; select name', 'name\nTomas'],
    ['select missing', 'missing\n\n\n'],
  ])('%s', (code, output) => {
    expect(run(code)).toBe(output);
  });

  test.each([
    'take',
    'take -1',
    'take 1 2',
    'select',
    'select a;; where a',
    'sort name',
    'sort by name upwards',
    'format xml',
    'constructor',
    '__proto__ 1',
    'process.exit()',
    `select ${'a'.repeat(65)}`,
  ])('refuses %s', (code) => {
    expect(parseProgram(code).status).toBe('invalid');
  });

  test('is bounded in length and in steps', () => {
    const atLimit = Array.from({ length: STEPS_MAX }, () => 'count').join(';');
    expect(parseProgram(atLimit).status).toBe('ok');
    expect(parseProgram(`${atLimit};count`).status).toBe('invalid');
    expect(parseProgram(' '.repeat(PROGRAM_CHARS_MAX)).status).toBe('ok');
    expect(parseProgram(' '.repeat(PROGRAM_CHARS_MAX + 1)).status).toBe('invalid');
  });

  test('a column is data, whatever its name', () => {
    const rows = [JSON.parse('{"__proto__": "x", "constructor": "y"}')];
    expect(run('select constructor,__proto__,toString; format csv', rows)).toBe(
      'constructor,__proto__,toString\ny,x,',
    );
  });
});

describe('laws', () => {
  const table = fc.array(fc.record({ a: fc.integer(), b: fc.string() }), { maxLength: 30 });

  test('take and skip divide a table', () => {
    fc.assert(
      fc.property(table, fc.nat(40), (rows, count) => {
        const [head, tail] = ['take', 'skip'].map((word) => {
          const program = parseProgram(`${word} ${count}`);
          return program.status === 'ok' ? interpret(program.steps, rows).rows : [];
        });
        expect([...(head ?? []), ...(tail ?? [])]).toEqual(rows);
      }),
    );
  });

  test('no text makes the parser throw', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (code) => {
        expect(['ok', 'invalid']).toContain(parseProgram(code).status);
      }),
    );
  });
});
