import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/times.ts';
import { verifies } from '../../../test/verifies.ts';
import { parseStrictJson, parseStrictText, type StrictJson } from '../src/json.ts';
import { LIMITS } from '../src/limits.ts';
import { hasVectors, listVectors, readVector } from './vectors.ts';

const SUITE = 'nst_JSONTestSuite/test_parsing';
const files = hasVectors(SUITE) ? listVectors(SUITE) : [];

const reasonOf = (json: StrictJson): string => (json.ok ? 'ok' : json.reason);
const reason = (text: string): string => reasonOf(parseStrictText(text));
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** Valid by the grammar, refused by us: readers differ on which of two equal keys counts. */
const DUPLICATES = new Set([
  'y_object_duplicated_key.json',
  'y_object_duplicated_key_and_value.json',
]);

describe.runIf(files.length > 0)('parseStrictJson on the JSON parsing test suite', () => {
  const named = (prefix: string): readonly string[] =>
    files.filter((name) => name.startsWith(prefix));

  it.each(named('y_'))('%s', (name) => {
    const json = parseStrictJson(readVector(`${SUITE}/${name}`));
    expect(reasonOf(json)).toBe(DUPLICATES.has(name) ? 'duplicate-key' : 'ok');
  });

  it.each(named('n_'))('%s', (name) => {
    expect(parseStrictJson(readVector(`${SUITE}/${name}`)).ok).toBe(false);
  });

  it.each(named('i_'))('%s never throws', (name) => {
    const bytes = readVector(`${SUITE}/${name}`);
    const json = parseStrictJson(bytes);
    if (json.ok) expect(new TextEncoder().encode(json.text)).toEqual(new Uint8Array(bytes));
    else expect(json.reason).toMatch(/^(invalid-utf8|invalid-json|too-deep)$/);
  });
});

describe('parseStrictJson', () => {
  it('reads what JSON.parse reads, when no key is repeated', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 1, '\t'), (text, space) => {
        const spaced = JSON.stringify(JSON.parse(text), null, space);
        expect(parseStrictText(spaced)).toEqual({
          ok: true,
          value: JSON.parse(text),
          text: spaced,
        });
      }),
    );
  });

  it('refuses a byte order mark and bytes that are not UTF-8', () => {
    expect(parseStrictJson(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d)).ok).toBe(false);
    const overlong = parseStrictJson(Uint8Array.of(0x22, 0xc0, 0xaf, 0x22));
    expect(reasonOf(overlong)).toBe('invalid-utf8');
  });

  it('never throws on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(typeof parseStrictJson(bytes).ok).toBe('boolean');
      }),
    );
  });

  it('takes __proto__ and constructor for data', () => {
    const json = parseStrictText('{"__proto__":{"polluted":1},"constructor":2}');
    expect(json.ok && Object.keys(json.value as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(reason('{"__proto__":1,"__proto__":2}')).toBe('duplicate-key');
  });
});

/** The key with each character as itself or as one of its escapes. */
const spelled = (key: string): fc.Arbitrary<string> =>
  fc
    .tuple(...[...key].map((char) => fc.constantFrom(char, escaped(char), escaped(char, true))))
    .map((chars) => chars.join(''));

function escaped(char: string, upper: boolean = false): string {
  const hex = char.charCodeAt(0).toString(16).padStart(4, '0');
  return `\\u${upper ? hex.toUpperCase() : hex}`;
}

const KEY = fc.stringMatching(/^[a-z/_-]{1,6}$/);

describe('duplicate keys', () => {
  verifies('parse:duplicate-keys', () => {
    const pair = KEY.chain((key) => fc.tuple(spelled(key), spelled(key)));
    fc.assert(
      fc.property(pair, fc.integer({ min: 0, max: 60 }), ([one, two], depth) => {
        const inner = `{"${one}":"x","zz zz":[],"${two}":{}}`;
        const text = `${'[{"k":'.repeat(depth >> 1)}${inner}${'}]'.repeat(depth >> 1)}`;
        expect(reason(text)).toBe('duplicate-key');
      }),
    );
  });

  it('are not seen where keys differ, or where equal text is no key of one object', () => {
    for (const text of [
      '{"a":1,"A":2}',
      '{"a":{"a":{"a":1}}}',
      '[{"a":1},{"a":1}]',
      '{"a":"a","b":["a","a"]}',
      '{"a":"\\"a\\":1,","b":1}',
      '{"a\\\\":1,"a":2}',
      '{"a":[{"b":1}],"b":1}',
      '{"a":{},"b":{},"c":[]}',
    ]) {
      expect(reason(text), text).toBe('ok');
    }
  });

  it('are found behind nested values and tricky strings', () => {
    for (const text of [
      '{"a":{"b":1},"a":2}',
      '{"a":[1,{"x":[]}],"a":2}',
      '{"a":"}","a":1}',
      '{"a":"\\\\","a":1}',
      '{ "a" : 1 ,\n "a" : 2 }',
      '{"":1,"":2}',
      '{"\\/":1,"/":2}',
      '{"\\u00e9":1,"é":2}',
    ]) {
      expect(reason(text), text).toBe('duplicate-key');
    }
  });
});

describe('depth', () => {
  it('is allowed to the limit and not beyond, whatever brackets stand in strings', () => {
    expect(reason(nested(LIMITS.jsonDepthMax))).toBe('ok');
    expect(reason(nested(LIMITS.jsonDepthMax + 1))).toBe('too-deep');
    expect(reason(JSON.stringify('[{'.repeat(500)))).toBe('ok');
    expect(reason(JSON.stringify(`\\"${'['.repeat(500)}`))).toBe('ok');
    expect(reason(`[${'[],'.repeat(500)}[]]`)).toBe('ok');
  });

  verifies('parse:depth', () => {
    const giants = {
      arrays: '['.repeat(4_000_000),
      objects: '{"a":'.repeat(1_000_000),
      backslashes: `"${'\\'.repeat(1_000_000)}`,
      quotes: `"${'\\"'.repeat(1_000_000)}`,
      empties: `[${'{},'.repeat(200_000)}{}]`,
    };
    for (const [name, text] of Object.entries(giants)) {
      const before = cpuMs();
      reason(text);
      expect(cpuMs() - before, name).toBeLessThan(5_000);
    }
  });
});
